from lifetracker.web.navigation import Group, Page, register_page

register_page(
    Page("Fasting", "fasting", Group.BODY, order=40, icon="fasting", key="f", has_ranges=True)
)
