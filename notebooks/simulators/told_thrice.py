"""One invented project, told as a mid-level, a senior and a staff engineer would tell it.

The same work lies under all three: prices that appear while people are still typing. The figures
fit together; `tests/simulators/test_story_shape.py` recomputes them.
"""

from __future__ import annotations

import html

MID = """\
At Osterfeld we sell made-to-measure blinds. The product page has a configurator: you enter width,
height and fabric, and it shows the price. It was built in 2017 as a part of the shop's monolith, and
for every price it calls the pricing service over HTTP. There were complaints that it was slow, and
the monitoring had the p95 at 4.1 seconds. In sprint planning the ticket came to me.

I looked at the traces and saw that the service loads the whole fabric table with every call. I added
a cache for the table and an index on the fabric, and we moved the calls to a connection pool. I wrote
a load test, and after the review we released it on a Tuesday.

The p95 went from 4.1 to 0.9 seconds, so we reduced latency by 78%. Everybody was happy with it. I
learned that one should look at the traces first.
"""

SENIOR = """\
Result first: at Osterfeld, which sells made-to-measure blinds, I led the work that made prices appear
while people are still typing. It is worth between €0.55 and €1.4 million a year. Four engineers, five
months.

What I was given was one sentence, "the configurator feels old". I watched 60 recordings and counted:
one visitor in three left within ten seconds of changing a measure, before the price came back. I wrote
that on one page and asked to own it.

I looked at two other ways first. More machines would have cost €140,000 a year for one second of the
four. Storing all prices was out: 2,700 widths times 2,700 heights times 900 fabrics are 6.6 billion. So
I moved the formula itself into the browser, and the server signs a price only at the basket. Ines, who
owns pricing, feared that competitors would read it. I showed her that anybody can rebuild it from forty
quotes, and we agreed that the discounts stay on the server. What I was afraid of was a wrong price that
we must honour, so I ran both side by side for three weeks, found 14 fabrics that differed, and moved
the launch for them.

Then I held back 10% of the visitors for six weeks. They ordered in 4.0% of their visits, the rest in
4.2%, which is 26,000 orders a year at €38 each. The p95 went from 4.1 to 0.9 seconds. The first slide
had said €2.0 million; half of that was spring, and it was gone before finance could ask.

What I did badly: design saw it in the third month, and we rebuilt the form. Since then a proposal of
ours names its holdout and its designer before there is code.
"""

STAFF = """\
At Osterfeld a price is a published formula now, and four teams and two retail partners use the same
one. That took five quarters. A new product line is on sale after 2 weeks, it was 11. Price disputes
fell from 2.3% to 0.2% of 550,000 orders a year, and quotes at typing speed bring €0.55 to €1.4 million
on top. It has held for two years.

The assignment was a faster configurator. I asked why it had been made faster three times since 2019,
and found four programs that computed prices, each of them right for somebody. Making one of them quick
was the wrong project.

I proposed that nobody may compute a price outside the formula. Everyone lost something by it, the
returns team most: their goodwill prices, which customers loved, lived in a spreadsheet. Their lead
refused, and she had a point, so I gave up on "no exceptions": goodwill became a signed exception with a
budget of hers. Legal wanted every price that is shown to bind us. I offered a signature that is good
for a day, which was less than they asked and more than they had. I wrote into the paper that the
loyalty programme would wait for two quarters, and said it in front of its owner.

We moved country by country, each with a holdout, and finance did the counting. I stopped the second one
for five weeks, because the bill for exceptions was three times what I had promised.

Tomas, a senior then, runs the rules today and has turned down two requests of mine. I misjudged the
start: I began with code and lost a quarter. Since then no team here forks a rule without naming who
pays for the difference.
"""

TOLD = {"mid": MID, "senior": SENIOR, "staff": STAFF}
"""Level -> the story."""


def side_by_side() -> str:
    """The three versions as an HTML table, one column each."""
    heads = "".join(f'<th scope="col" style="text-align:left">{level}</th>' for level in TOLD)
    cells = "".join(
        '<td style="vertical-align:top;text-align:left;width:33%">'
        + "".join(f"<p>{html.escape(part)}</p>" for part in text.strip().split("\n\n"))
        + "</td>"
        for text in TOLD.values()
    )
    return f"<table><thead><tr>{heads}</tr></thead><tbody><tr>{cells}</tr></tbody></table>"
