"""Pages of defects: reported, rectified, closed."""
