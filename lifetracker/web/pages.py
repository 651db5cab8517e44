"""The pages that belong to no app of a domain."""

from lifetracker.web.navigation import Group, Page, register_page

register_page(Page("Today", "home", Group.TODAY, order=10, icon="today", key="h", has_tab=True))
register_page(
    Page(
        "Connections",
        "connections",
        Group.FOOT,
        order=10,
        icon="connections",
        key="c",
        is_marked=True,
    )
)
register_page(Page("Settings", "settings", Group.FOOT, order=20, icon="account", key="a"))
register_page(Page("API documentation", "docs", Group.FOOT, order=40))
register_page(Page("Admin", "admin:index", Group.FOOT, order=50, of_staff=True))
