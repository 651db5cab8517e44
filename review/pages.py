from lifetracker.web.navigation import Group, Page, register_page

register_page(Page("Review", "review", Group.DIRECTION, order=25, icon="review", key="v"))
