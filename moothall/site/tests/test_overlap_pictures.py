"""The map of overlaps has each name once, and a line of its own for each overlap."""

from moothall.site.overlap_pictures import overlap_map


def test_the_map_has_each_name_once_and_each_overlap_as_a_line_of_its_own():
    pairs = [("Fund", "Streets", 3), ("Streets", "A much longer name of a forum", 2)]
    drawn = overlap_map(pairs)
    assert [" ".join(word for word, _ in name.words) for name in drawn.names] == [
        "Fund",
        "Streets",
        "A much longer name of a forum",
    ]
    assert [each.ways for each in drawn.brackets] == [3, 2]
    first, second = drawn.brackets
    assert first.y2 != second.y1  # both join Streets, at heights of their own
    assert max(each.y2 for each in drawn.brackets) < drawn.height
    assert "Fund and Streets have all three in common." in drawn.said
