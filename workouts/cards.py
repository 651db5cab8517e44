"""What workouts bring to Today: a lane of the day chart."""

from lifetracker.web.lanes import Lane, register_lane
from workouts.day_lane import move_lane

register_lane(Lane("moves", order=40, make=move_lane))
