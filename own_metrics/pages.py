from lifetracker.web.navigation import Group, Page, register_page

register_page(Page("Own metrics", "own-metrics", Group.BODY, order=58, icon="own-metrics"))
