from lifetracker.web.navigation import Group, Page, register_page

register_page(Page("Experiments", "experiments", Group.DIRECTION, order=40, icon="experiments"))
