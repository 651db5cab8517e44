from lifetracker.web.navigation import Group, Page, register_page

register_page(Page("WHOOP", "whoop", Group.BODY, order=10, icon="whoop", key="w", has_ranges=True))
