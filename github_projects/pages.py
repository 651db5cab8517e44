from lifetracker.web.navigation import Group, Page, register_page

register_page(
    Page("GitHub", "github", Group.WORK, order=20, icon="github", key="r", has_ranges=True)
)
