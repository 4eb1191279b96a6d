"""A report as a plot: bars with their spread, written as SVG by hand."""
import html

from . import programs, tables

WIDTH, BAR_LEFT, BAR_RIGHT = 760, 190, 690
LINE, BAR = 20, 13
OURS_COLOR, PEER_COLOR, INK, QUIET = "#2563a8", "#b4b9c0", "#1f2328", "#656d76"


def svg(report):
    """The plot: a group for each file and number of threads."""
    shapes, top = [], 12
    for (file, threads), entries in tables.groups(report):
        entries = list(entries)
        how = "MB of XML a second of CPU time" if threads == 1 else "MB of XML a second"
        shapes.append(words(10, top + 14, f"{file}, {programs.counted(threads)}", INK, weight="bold"))
        shapes.append(words(BAR_RIGHT, top + 14, how, QUIET, anchor="end"))
        top += LINE + 4
        most = max(entry["xml_mb_per_second"]["most"] for entry in entries)
        for entry in entries:
            shapes.extend(line(entry, top, (BAR_RIGHT - BAR_LEFT) / most))
            top += LINE
        top += 14
    head = (f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{top}" viewBox="0 0 {WIDTH} {top}" '
            f'font-family="system-ui, sans-serif" font-size="12">\n'
            f'<title>MB of XML a second</title>\n<rect width="{WIDTH}" height="{top}" fill="#ffffff"/>\n')
    return head + "\n".join(shapes) + "\n</svg>\n"


def line(entry, top, scale):
    """One run: its name, its bar, the spread as a whisker, its speed."""
    speed = entry["xml_mb_per_second"]
    color = OURS_COLOR if entry["program"] == programs.OURS else PEER_COLOR
    least, most = BAR_LEFT + speed["least"] * scale, BAR_LEFT + speed["most"] * scale
    middle = top + LINE / 2
    yield words(BAR_LEFT - 8, middle + 4, tables.label(entry), INK, anchor="end")
    yield (f'<rect x="{BAR_LEFT}" y="{middle - BAR / 2:.1f}" width="{max(1, speed["median"] * scale):.1f}" '
           f'height="{BAR}" fill="{color}"/>')
    yield f'<path d="M{least:.1f} {middle:.1f}H{most:.1f}" stroke="{INK}" stroke-width="1.2"/>'
    yield words(most + 6, middle + 4, tables.short(speed["median"]), INK)


def words(left, base, text, color, anchor="start", weight="normal"):
    """Some text."""
    return (f'<text x="{left:.1f}" y="{base:.1f}" fill="{color}" text-anchor="{anchor}" '
            f'font-weight="{weight}">{html.escape(text)}</text>')
