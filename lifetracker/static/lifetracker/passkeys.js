// Forms that a passkey answers: the server is asked what it wants, the browser asks the device, and its answer goes
// along with the form.
"use strict";

const toBytes = (text) =>
  Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));

const toText = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replace(/\+/g, "-")
    .replace(/\//g, "_")
    .replace(/=+$/, "");

const described = (list) => (list || []).map((one) => ({ ...one, id: toBytes(one.id) }));

// What the server wants, with bytes where JSON has text.
const wanted = (options) => {
  const asked = { ...options, challenge: toBytes(options.challenge) };
  if (options.user) {
    asked.user = { ...options.user, id: toBytes(options.user.id) };
    asked.excludeCredentials = described(options.excludeCredentials);
  } else {
    asked.allowCredentials = described(options.allowCredentials);
  }
  return asked;
};

// What the device says, with text where it has bytes.
const answerOf = (credential) => {
  const response = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (credential.response[name]) {
      response[name] = toText(credential.response[name]);
    }
  }
  return JSON.stringify({
    id: credential.id,
    rawId: toText(credential.rawId),
    type: credential.type,
    response,
    clientExtensionResults: credential.getClientExtensionResults(),
  });
};

const ask = async (form) => {
  const token = form.querySelector("[name=csrfmiddlewaretoken]").value;
  const reply = await fetch(form.dataset.options, {
    method: "POST",
    headers: { "X-CSRFToken": token },
    redirect: "error",
  });
  if (!reply.ok) {
    throw new Error("Open this page anew, and try again.");
  }
  const publicKey = wanted((await reply.json()).publicKey);
  return form.dataset.passkey === "create"
    ? navigator.credentials.create({ publicKey })
    : navigator.credentials.get({ publicKey });
};

const reasonOf = (error) =>
  ({
    NotAllowedError: "The browser was not allowed to: it was cancelled, took too long, or there is no passkey here.",
    InvalidStateError: "This device has a passkey of yours already.",
    SecurityError: "This browser offers no passkeys at this address.",
    TypeError: "Life Tracker did not answer. Open this page anew, and try again.",
  })[error.name] || error.message;

for (const form of document.querySelectorAll("form[data-passkey]")) {
  const note = form.querySelector(".note");
  const show = (text) => {
    note.textContent = text;
    note.hidden = !text;
  };
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (!window.PublicKeyCredential) {
      show("This browser offers no passkeys at this address.");
      return;
    }
    const button = form.querySelector("button");
    button.disabled = true;
    show("");
    try {
      form.querySelector("[data-answer]").value = answerOf(await ask(form));
      form.submit();
    } catch (error) {
      show(reasonOf(error));
      button.disabled = false;
    }
  });
}
