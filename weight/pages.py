from lifetracker.web.navigation import Group, Page, register_page

register_page(
    Page(
        "Weight",
        "weight",
        Group.BODY,
        order=30,
        icon="weight",
        key="k",
        has_ranges=True,
    )
)
