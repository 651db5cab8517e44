from lifetracker.web.navigation import Group, Page, register_page

register_page(Page("Nutrition", "nutrition", Group.BODY, order=50, icon="nutrition", key="n"))
