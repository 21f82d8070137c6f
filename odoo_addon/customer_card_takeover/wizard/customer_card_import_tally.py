class Tally:
    """Counts a file line by line: per program, and the cards and chips it names."""

    def __init__(self):
        self.programs = {}
        self.things = {"card": {}, "chip": {}}

    def add(self, line):
        if line.get("program"):
            key = line.program.id if line.program else line.get("program")
            row = self.programs.setdefault(key, {"name": line.get("program")})
            self._count(row, "file", line)
            if line.refused:
                self._count(row, "refused", line)
            elif line.program_known:
                self._count(row, "known", line)
        if number := line.get("card_number"):
            self._note("card", number, line.refused, bool(line.card))
        if uid := line.uid or line.get("uid"):
            self._note("chip", uid, line.refused, line.chip_known)

    def _count(self, row, what, line):
        row[f"{what}_lines"] = row.get(f"{what}_lines", 0) + 1
        row[f"{what}_sum"] = row.get(f"{what}_sum", 0) + line.amount

    def _note(self, kind, name, refused, known):
        """A card stands on several lines; it is refused when all of them are."""
        before = self.things[kind].get(name, "refused")
        self.things[kind][name] = before if refused else ("known" if known else "new")

    def totals(self):
        """Yield the values of the control totals."""
        for kind, things in self.things.items():
            states = list(things.values())
            if states:
                yield {
                    "kind": kind,
                    "file_lines": len(states),
                    "refused_lines": states.count("refused"),
                    "known_lines": states.count("known"),
                }
        for key, row in self.programs.items():
            figures = {name: float(value) for name, value in row.items() if name.endswith("_sum")}
            program = {"program_id": key} if isinstance(key, int) else {}
            yield {**row, **figures, **program, "kind": "program"}
