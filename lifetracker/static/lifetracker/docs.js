// The page of the API. What is tried out goes out with the session, and so with its CSRF token.
"use strict";

const page = document.getElementById("api");
const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
const dark = window.matchMedia("(prefers-color-scheme: dark)");
const root = document.documentElement;
const isDark = () => root.dataset.theme === "dark" || (root.dataset.theme !== "light" && dark.matches);
const follow = () => root.classList.toggle("dark-mode", isDark());

follow();
dark.addEventListener("change", follow);

SwaggerUIBundle({
  url: page.dataset.schema,
  domNode: page,
  presets: [SwaggerUIBundle.presets.apis],
  layout: "BaseLayout",
  deepLinking: true,
  // Section by section: with more than 130 operations at once it leaves most of them out.
  docExpansion: "none",
  defaultModelsExpandDepth: 0,
  // Its own would ask a foreign server whether the description is valid.
  validatorUrl: null,
  requestInterceptor: (request) => {
    if (request.method && request.method !== "GET") {
      request.headers["X-CSRFToken"] = token;
    }
    return request;
  },
});
