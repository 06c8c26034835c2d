"""The format of the query API."""

import unittest

from query import nested, xml


class QueryTest(unittest.TestCase):
    def test_parameters_become_maps_and_lists_in_their_order(self) -> None:
        params = {**{f"Names.member.{number}": [str(number)] for number in range(1, 12)}, "Matcher.HttpCode": ["200"], "Port": "80"}
        self.assertEqual(nested(params), {"Names": [str(number) for number in range(1, 12)], "Matcher": {"HttpCode": "200"}, "Port": "80"})

    def test_maps_and_lists_become_xml(self) -> None:
        self.assertEqual(xml({"A": [{"B": True}, {"B": "<"}], "C": None}), "<A><member><B>true</B></member><member><B>&lt;</B></member></A>")


if __name__ == "__main__":
    unittest.main()
