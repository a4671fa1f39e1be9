"""The weekly cycle of a course: what is collected, graded, read by people, returned and exported."""
