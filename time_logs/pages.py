from lifetracker.web.navigation import Group, Page, register_page

register_page(Page("Time", "time", Group.WORK, order=10, icon="time", key="t", has_ranges=True))
