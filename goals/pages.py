from lifetracker.web.navigation import Group, Page, register_page

register_page(
    Page("Goals", "goals", Group.DIRECTION, order=20, icon="goals", key="o", has_tab=True)
)
