r"""What LaTeX commands mean to someone who looks for citations: facts, no code.

The arguments of a command are written as letters, in their order:

    *  a star, if there is one          (  an argument in parentheses, if there is one
    [  an argument in brackets, if any  {  an argument in braces, of no interest here
    <  one in angle brackets, if any    k  an argument in braces that holds keys, with commas between

Sources: the LaTeX kernel; the manuals of natbib, biblatex (3.9), apacite, jurabib, harvard, chicago, cite, REVTeX.
"""

from __future__ import annotations

ONE = "*<[[k"  # \cite[see][3]{key}
VOLUME = "*[{[k"  # \volcite[see]{2}[3]{key}
MANY = "*(("  # what comes before the citations of \cites(see)(and others)[3]{key}[4]{other}

_KERNEL = "cite nocite"
_NATBIB = """
    citet citep citealt citealp citeauthor citeyear citeyearpar citefullauthor citenum Citet Citep Citealt Citealp
    Citeauthor Citefullauthor citetalias citepalias bibentry shortcites citeauthoryear
"""
_BIBLATEX = """
    Cite parencite Parencite footcite footcitetext textcite Textcite smartcite Smartcite supercite autocite Autocite
    citetitle citedate citeurl fullcite footfullcite notecite Notecite pnotecite Pnotecite fnotecite citename citelist
    citefield entrydata nptextcite ftcite Footcite Footcitetext headlesscite Headlesscite headlessfullcite shortcite
    Shortcite shorthandcite surnamecite ccite citefilm fullcitefilm citeepisode
"""
_MULTI = """
    cites Cites parencites Parencites footcites footcitetexts smartcites Smartcites textcites Textcites supercites
    autocites Autocites fullcites footfullcites nptextcites headlesscites shortcites
"""
_VOLUME = "volcite Volcite pvolcite Pvolcite fvolcite ftvolcite svolcite Svolcite tvolcite Tvolcite avolcite Avolcite"
_VOLUMES = _VOLUME.replace("cite", "cites")
_OTHERS = """
    citeA citeNP citeN citeauthorNP citeyearNP fullciteA fullciteNP fullciteauthor fullciteauthorNP shortciteA
    shortciteNP shortciteN shortciteauthor shortciteauthorNP citeANP maskcite maskciteA maskciteNP masknocite
    maskcitetext citeasnoun possessivecite citeaffixed onlinecite citetitleonly bstctlcite
"""

# Commands with keys that they do not cite.
MENTIONING = {"defcitealias": "k", "addtocategory": "{k", "defbibentryset": "{k", "citealias": "k"}

# Which arguments a citing command has.
CITING: dict[str, str] = {
    **dict.fromkeys((_KERNEL + _NATBIB + _BIBLATEX + _OTHERS).split(), ONE),
    **dict.fromkeys(_VOLUME.split(), VOLUME),
    **MENTIONING,
}
# The same for one of the citations of a command that takes any number of them.
MULTIPLE: dict[str, str] = {
    **dict.fromkeys(_MULTI.split(), "[[k"),
    **dict.fromkeys(_VOLUMES.split(), "[{[k"),
}

# An unknown command whose name ends so is taken for a citing one: packages and classes have many.
CITING_ENDINGS = ("cite", "cites", "citep", "citet", "citealp", "citeauthor", "citeyear")
NOT_CITING = frozenset({"bibcite", "@cite", "recite", "excite"})

# Names that mark a program's own settings, which REVTeX and biblatex put among the keys of an .aux.
CONTROL_KEYS = frozenset(
    """
    biblatex-control REVTEX41Control REVTEX42Control apsrev41Control apsrev42Control aip41Control aip42Control
    achemso-control
    """.split()
)

# ------------------------------------------------------------------------------------------------ verbatim

VERBATIM = frozenset(
    """
    verbatim verbatim* Verbatim Verbatim* BVerbatim BVerbatim* LVerbatim LVerbatim* SaveVerbatim VerbatimOut verbatimtab
    lstlisting minted comment filecontents filecontents* luacode luacode* pycode python sageblock sagesilent
    tcblisting tcboutputlisting listing* lcverbatim boxedverbatim spverbatim asy Schunk Sinput Soutput codeblock
    """.split()
)
# Commands that show what stands between two equal characters, or between braces; with the arguments before that.
INLINE_VERBATIM = {
    "verb": "*",
    "Verb": "*[",
    "lstinline": "[",
    "mintinline": "[{",
    "spverb": "",
    "SaveVerb": "[{",
    "path": "",
    "url": "",
    "nolinkurl": "",
    "href": "[",
}
# Commands that make an environment in which everything stands as it is; its name is their first argument in braces.
VERBATIM_DEFINERS = {
    "lstnewenvironment": "{}",
    "newverbatim": "{}",
    "DefineVerbatimEnvironment": "{}",
    "RecustomVerbatimEnvironment": "{}",
    "excludecomment": "{}",
    "newminted": "{}code",
    "newtcblisting": "{}",
}

# ------------------------------------------------------------------------------------------------ files

INPUTS = frozenset(
    """
    input include subfile subfileinclude InputIfFileExists SweaveInput loadglsentries includestandalone @input
    """.split()
)
OPTIONAL_INPUTS = frozenset({"InputIfFileExists", "@input"})
# Those that name a folder first. The second word: whether this folder is below the one that we are in.
IMPORTS = {
    "import": "root",
    "inputfrom": "root",
    "includefrom": "root",
    "subimport": "here",
    "subinputfrom": "here",
    "subincludefrom": "here",
}
# What every TeX distribution has: not a part of the document.
DISTRIBUTION = frozenset(
    "glyphtounicode glyphtounicode-cmr docstrip miniltx epsf psfig binhex xy tikz pgf pgfplots pict2e random".split()
)

# Commands that name bibliographies: the arguments before, and whether a name may come without its ending.
RESOURCES = {
    "bibliography": ("", True),
    "nobibliography": ("*", True),
    "addbibresource": ("[", False),
    "addglobalbib": ("[", False),
    "addsectionbib": ("[", False),
    "defaultbibliography": ("", True),
    "externalbibliography": ("", True),
}
BIBLATEX_MARKS = frozenset({"addbibresource", "addglobalbib", "addsectionbib", "printbibliography",
                            "ExecuteBibliographyOptions", "newrefsection"})  # fmt: skip
REFSECTIONS = frozenset({"refsection", "newrefsection"})
PACKAGES = frozenset({"usepackage", "RequirePackage", "RequirePackageWithOptions", "PassOptionsToPackage"})
CLASSES = frozenset({"documentclass", "LoadClass", "LoadClassWithOptions"})
BIBTEX_PACKAGES = frozenset({"natbib", "cite", "apacite", "jurabib", "harvard", "chicago", "bibentry", "multibib",
                             "chapterbib", "bibunits"})  # fmt: skip

# multibib's \newcites{own}{...} makes these, each with the suffix `own`.
SUFFIXED = tuple(
    "cite nocite citet citep citealt citealp citeauthor citeyear citeyearpar Citet Citep Citeauthor".split()
)

# ------------------------------------------------------------------------------------------------ definitions

NEW_COMMANDS = frozenset({"newcommand", "renewcommand", "providecommand", "DeclareRobustCommand", "newrobustcmd",
                          "renewrobustcmd", "providerobustcmd", "newcommandx", "renewcommandx"})  # fmt: skip
DOCUMENT_COMMANDS = frozenset(
    f"{verb}{kind}DocumentCommand" for verb in ("New", "Renew", "Provide", "Declare") for kind in ("", "Expandable")
)
PLAIN_DEFINITIONS = frozenset({"def", "gdef", "edef", "xdef"})
CITE_DEFINERS = {"DeclareCiteCommand": False, "DeclareMultiCiteCommand": True}

# Conditionals in the sense of TeX begin with \if and end with \fi; these begin with \if and have arguments instead.
NO_CONDITIONALS = frozenset(
    """
    iff ifthenelse ifdef ifundef ifcsdef ifcsundef ifdefmacro ifdefempty ifcsempty ifdefvoid ifcsvoid ifdefstring
    ifcsstring ifdefstrequal ifdefcounter ifcsequal ifdefequal ifstrequal ifstrempty ifblank ifnumcomp ifnumequal
    ifnumless ifnumgreater ifnumodd ifdimcomp ifboolexpr ifboolexpe ifbool iftoggle ifinlist ifinlistcs IfFileExists
    ifpackageloaded iffieldundef ifentrytype ifciteseen ifnameundef iflistundef ifkeyword ifcategory ifdefthen
    ifstr ifstrstart ifisdimen ifnumber ifthispageodd iflanguage ifentryexists
    """.split()
)
