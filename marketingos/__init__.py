"""MarketingOS plans, writes, publishes and measures the social posts of several products; people only approve.

The floors; imports only go down, and import-linter holds it (pyproject.toml)::

    6  app                       joins everything
    5  ui | api | jobs | cli     ways in: a person, a machine, the clock, a terminal
    4  services                  one public function = one intention = one transaction; answers frozen views
    3  db | vault | adapters     rows, secrets, and one file for each counterpart outside
    2  domain                    tables and rules; no I/O, time is an argument
    1  settings clock errors log text
       sandbox                   a local twin of the outside world; stands beside, imports none of this

The flow::

    Product -> Cycle(slots) -> Post -> Variant x platform -> approve -> Delivery -> Attempt -> Reading
    products    planning      generation   review    `-- one transaction --' publishing    measurement
"""

__version__ = "0.1.0"
