from lifetracker.web.navigation import Group, Page, register_page

register_page(
    Page("Projects", "projects", Group.WORK, order=30, icon="projects", key="p", has_ranges=True)
)
