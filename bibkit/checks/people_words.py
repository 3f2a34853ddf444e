"""Words by which a name is known for a person's or for an organisation's."""

from __future__ import annotations

from bibkit import names

# In a name these are never a person's own word.
ORGANISATIONS = frozenset(
    """
    academy agency association bureau collaboration commission committee consortia consortium corporation council
    department federation foundation gmbh inc incorporated initiative institute institution laboratories laboratory
    library llc ltd ministry museum observatory organisation organization secretariat society university
    akademie bundesamt bundesanstalt bundesministerium fachhochschule gesellschaft hochschule universität
    académie comité ministère société université accademia istituto università academia asociación instituto
    ministerio sociedad universidad ministério universidade universiteit institut universitet
    """.split()
)

# They are family names too (Company, Union, Project managers aside): they need more words to go by.
PERHAPS = (names.ORGANISATIONS | {"authors", "board", "contributors", "working"}) - ORGANISATIONS
_SMALL = frozenset("of for on the and at in de des du für der zur".split())
_COMPANIES = ("inc", "ltd", "llc", "corp", "gmbh", "co")


def is_organisation(words: list[str]) -> bool:
    """Whether the words of a name, in their own case, are surely not a person's."""
    lower = [word.strip(".,;:()[]{}\"'").lower() for word in words]
    if not ORGANISATIONS.isdisjoint(lower):
        return not _is_surname(words, lower)
    if PERHAPS.isdisjoint(lower):
        return False
    if len(words) > 2 and lower[-2] in _OF_TEAMS and lower[-1] in _TEAMS:  # R Core Team
        return True
    acronym = any(len(word) > 2 and word.isalpha() and word.isupper() for word in words)
    return acronym or (len(words) > 2 and not _SMALL.isdisjoint(lower))


_OF_TEAMS = frozenset("core development developers developer study working research writing steering project".split())
_TEAMS = frozenset("team group board project network".split())


def _is_surname(words: list[str], lower: list[str]) -> bool:
    """Whether this is somebody called Council: a known given name or an initial, and one such word behind."""
    known = words[0] in GIVEN or (len(words[0]) == 2 and words[0][1] == ".")
    return known and len(words) < 4 and ORGANISATIONS.isdisjoint(lower[:-1]) and lower[-1] not in _COMPANIES


def may_be_organisation(words: list[str]) -> bool:
    """Whether any of the words is one of organisations, so that it is better to say nothing."""
    lower = {word.strip(".,;:()[]{}\"'").lower() for word in words}
    return not (lower.isdisjoint(ORGANISATIONS) and lower.isdisjoint(PERHAPS) and lower.isdisjoint(_FIRMS))


_FIRMS = frozenset(
    """
    sons son co corp company companies partners press publishers books bank labs lab systems software studio studios
    airlines motors pharmaceuticals solutions technologies technology industries international group holdings hospital
    clinic church city county state states government parliament nations army navy news times magazine journal
    """.split()
)

# Frequent given names that are no words, places or firms.
GIVEN = frozenset(
    """
    Aaron Adam Adrian Alan Albert Alberto Alejandro Alessandro Alex Alexander Alexandra Alfred Alice Amanda Amy Ana
    Andrea Andreas Andrei Andrew Angela Anja Ann Anna Anne Annette Anthony Antoine Anton Antonio Arthur Barbara Beatrice
    Benjamin Bernard Bernd Brian Bruce Bruno Carl Carla Carlo Carlos Carmen Carol Caroline Catherine Charles Charlotte
    Christian Christina Christine Christoph Christopher Claire Claudia Claus Colin Craig Cristina Daniel Daniela David
    Deborah Denis Dennis Diana Diego Dieter Dietrich Dirk Dmitri Donald Dorothy Douglas Eduardo Edward Elena Elisabeth
    Elizabeth Ellen Emily Emma Enrico Eric Erich Erik Ernst Eugene Eva Evelyn Fabian Federico Felix Fernando Florian
    Francesca Francesco Francisco Franz Frederick Friedrich Fritz Gabriel Gabriele Geoffrey Gerald Gerhard Giovanni
    Giulia Giuseppe Gordon Graham Gregory Guido Guillaume Gunter Gustav Hannah Hans Harald Harold Harry Heike Heinrich
    Heinz Helen Helmut Henri Henrik Henry Herbert Hermann Horst Hugo Ian Igor Ines Ingrid Irene Isabel Isabelle Ivan
    Jack Jacob Jacqueline Jacques James Jan Jane Janet Jason Javier Jean Jeffrey Jennifer Jeremy Jessica Jim Joachim
    Joan Joanna Johan Johann Johannes John Jonas Jonathan Jorge Josef Joseph Juan Judith Julia Julian Julie Jürgen Karen
    Karin Karl Katharina Katherine Kathleen Kathryn Keith Kenneth Kevin Klaus Konrad Kristina Kurt Larry Lars Laura
    Laurence Laurent Lawrence Leonardo Leonid Linda Lisa Lorenzo Louis Louise Luca Lucas Ludwig Luigi Luis Luke Manfred
    Manuel Marc Marcel Marco Marcus Margaret Maria Marie Mario Mark Markus Marta Martin Martina Mary Matteo Matthew
    Matthias Maurice Michael Michel Michele Miguel Monica Monika Natalia Natalie Nathan Neil Nicholas Nicola Nicolas
    Nigel Nikolai Nina Norbert Norman Olaf Oleg Oliver Olivier Oscar Otto Pablo Paolo Pascal Patricia Patrick Paul Paula
    Pedro Peter Petra Philip Philipp Philippe Pierre Rachel Rainer Ralf Ralph Raymond Rebecca Reinhard Renate Ricardo
    Richard Robert Roberto Roger Roland Rolf Ronald Rudolf Russell Ruth Sabine Sally Samuel Sandra Sara Sarah Sebastian
    Sergei Sergey Sergio Sharon Sheila Silvia Simon Simone Sophie Stanley Stefan Stefano Stephan Stephanie Stephen
    Steven Stuart Susan Susanne Suzanne Sylvia Tanja Terence Theodor Theresa Thierry Thomas Timothy Tobias Ulrich Ulrike
    Ursula Valerie Vera Veronica Victor Vincent Vladimir Walter Werner Wilhelm William Wolfgang Yves
    """.split()
)
