from lifetracker.web.navigation import Group, Page, register_page

register_page(
    Page("Workouts", "workouts", Group.BODY, order=20, icon="workouts", key="e", has_ranges=True)
)
