from lifetracker.web.navigation import Group, Page, register_page

register_page(Page("Journal", "journal", Group.BODY, order=55, icon="journal", key="j"))
