"""The invented partnership: a seeded generator of children, homes, returns and a waiting list, with known truth.

Everything it writes is invented and says so: ids begin with ``DEMO-``. Real are only the authorities, the
postcodes and the published totals that it is held to. The hand-written sample of 40 children and 30 homes
stands in the same folder as plain files; ``reference_data.sample`` finds those.
"""
