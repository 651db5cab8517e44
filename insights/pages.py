from lifetracker.web.navigation import Group, Page, register_page

register_page(Page("Insights", "insights", Group.DIRECTION, order=30, icon="insights", key="i"))
