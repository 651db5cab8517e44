from lifetracker.web.navigation import Group, Page, register_page

register_page(
    Page("Apple Health", "apple-health", Group.BODY, order=57, icon="apple-health", has_ranges=True)
)
