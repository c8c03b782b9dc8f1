"""Sellers' pages. Views fetch, call and render; everything starts at `seat.staff`."""
