r"""What LaTeX's commands stand for: the facts behind `bibkit.latex`, and nothing else.

Each fact stands once; `latex` reads the tables in both directions. Where several commands make the same character, the
first one is written. Sources: the LaTeX kernel of 2022 (`ltoutenc`, `fontmath.ltx`, `t1enc.dfu`, `ts1enc.dfu`),
unicode-math's symbol list for the characters of mathematics, the biblatex manual 3.18 (4.6, 4.10) for `\mkbib…`, and
AASTeX 6 for the astronomers' journals.
"""

from __future__ import annotations

from bibkit.text import Mark


def _pairs(table: str) -> dict[str, str]:
    """`name value name value` as a map."""
    words = table.split()
    return dict(zip(words[::2], words[1::2], strict=True))


def _words(table: str) -> frozenset[str]:
    return frozenset(table.split())


# ------------------------------------------------------------------------------------------------ accents

# Command -> combining character, and the character that stands for the accent on its own.
ACCENTS = {
    "`": ("\u0300", "`"), "'": ("\u0301", "´"), "^": ("\u0302", "^"), "~": ("\u0303", "~"), "=": ("\u0304", "¯"),
    "u": ("\u0306", "˘"), ".": ("\u0307", "˙"), '"': ("\u0308", "¨"), "r": ("\u030a", "˚"), "H": ("\u030b", "˝"),
    "v": ("\u030c", "ˇ"), "d": ("\u0323", ""), "c": ("\u0327", "¸"), "k": ("\u0328", "˛"), "b": ("\u0331", ""),
    "t": ("\u0361", ""), "textcommabelow": ("\u0326", ""), "h": ("\u0309", ""), "newtie": ("\u0361", ""),
    "grave": ("\u0300", "`"), "acute": ("\u0301", "´"), "hat": ("\u0302", "^"), "tilde": ("\u0303", "~"),
    "bar": ("\u0304", "¯"), "breve": ("\u0306", "˘"), "dot": ("\u0307", "˙"), "ddot": ("\u0308", "¨"),
    "mathring": ("\u030a", "˚"), "check": ("\u030c", "ˇ"), "vec": ("\u20d7", ""),
}  # fmt: skip
# Combining character -> the accent that the kernel has for it in text (\h needs Vietnamese fonts).
ACCENT_OF = {
    ACCENTS[name][0]: name for name in "` ' ^ ~ = u . \" r H v d c k b t textcommabelow".split()
}  # fmt: skip

# ------------------------------------------------------------------------------------------------ characters

# Letters: written {\ss}, the form that BibTeX sorts and changes case in (btxdoc, 4).
LETTERS = _pairs(
    "ss ß ae æ AE Æ oe œ OE Œ o ø O Ø l ł L Ł aa å AA Å i ı j ȷ dh ð DH Ð th þ TH Þ dj đ DJ Đ ng ŋ NG Ŋ ij ĳ IJ Ĳ SS ẞ"
)

# Characters that mean something to TeX, and the typewriter's: written in any case.
ESCAPES = _pairs(
    r"""textbackslash \ textasciitilde ~ textasciicircum ^ textless < textgreater > textbar | textbraceleft {
    textbraceright } textasciigrave `"""
)

# Symbols of text, all in the kernel, with the encodings T1 and TS1.
SYMBOLS = _pairs(
    """
    ldots … textexclamdown ¡ textcent ¢ textsterling £ textcurrency ¤ textyen ¥ textbrokenbar ¦ textsection §
    textasciidieresis ¨ textcopyright © textordfeminine ª guillemotleft « textlnot ¬ textregistered ® textasciimacron ¯
    textdegree ° textpm ± texttwosuperior ² textthreesuperior ³ textasciiacute ´ textmu µ textparagraph ¶
    textperiodcentered · textonesuperior ¹ textordmasculine º guillemotright » textonequarter ¼ textonehalf ½
    textthreequarters ¾ textquestiondown ¿ texttimes × textdiv ÷ textflorin ƒ textasciicaron ˇ textasciibreve ˘
    textacutedbl ˝ textbaht ฿ quotesinglbase ‚ quotedblbase „ textbardbl ‖ textdagger † textdaggerdbl ‡ textbullet •
    textperthousand ‰ textpertenthousand ‱ guilsinglleft ‹ guilsinglright › textreferencemark ※ textinterrobang ‽
    textfractionsolidus ⁄ textasteriskcentered ⁎ textdiscount ⁒ textcolonmonetary ₡ textlira ₤ textnaira ₦ textwon ₩
    textdong ₫ texteuro € textpeso ₱ textcelsius ℃ textnumero № textcircledP ℗ textrecipe ℞ textservicemark ℠
    texttrademark ™ textmho ℧ textestimated ℮ textleftarrow ← textuparrow ↑ textrightarrow → textdownarrow ↓
    textblank ␢ textvisiblespace ␣ textopenbullet ◦ textmusicalnote ♪ textlangle ⟨ textrangle ⟩
    """
)

# Read as well: other names, and what other packages call them.
SYNONYMS = _pairs(
    r"""
    textellipsis … dots … S § P ¶ pounds £ copyright © euro € EUR € dag † ddag ‡ guillemetleft « guillemetright »
    flqq « frqq » flq ‹ frq › glqq „ grqq “ glq ‚ grq ‘ textendash – textemdash — textquotedblleft “ lq ‘
    textquotedblright ” rq ’ textquoteleft ‘ textquoteright ’ textquotesingle ’ textquotedbl " textunderscore _
    textdollar $ textohm Ω slash / hyphen - textminus − degree ° omicron ο textbigcircle ◯ degreeCelsius ℃ celsius ℃
    permil ‰ textnormalmu μ textinterrobangdown ⸘ ldotp . colon : lbrack [ rbrack ] lbrace { rbrace } backslash \
    TeX TeX LaTeX LaTeX LaTeXe LaTeX2ε BibTeX BibTeX XeTeX XeTeX LuaTeX LuaTeX pdfTeX pdfTeX ConTeXt ConTeXt TikZ TikZ
    MF METAFONT MP MetaPost XeLaTeX XeLaTeX LuaLaTeX LuaLaTeX pdfLaTeX pdfLaTeX LyX LyX AmS AMS AMS AMS
    AmSTeX AMS-TeX AmSLaTeX AMS-LaTeX Dash — dash –
    """
) | {"nobreakspace": "\u00a0"}

SPACES = {
    "quad": "\u2003", "enspace": "\u2002", "thinspace": "\u2009", "textcompwordmark": "\u200c", "qquad": "\u2003",
    "enskip": "\u2002", "space": " ", "medspace": "\u202f", "thickspace": "\u202f",
}  # fmt: skip

# The sign after a backslash. A discretionary hyphen, an italic correction and the like print nothing.
SIGNS = {sign: sign for sign in "&%$#_{}|"} | {
    " ": " ", "\n": " ", "\t": " ", ",": "\u202f", ":": "\u202f", ">": "\u202f", "!": "", "-": "", "/": "", "@": "",
    "*": "", "+": "", "\\": " ",
    ";": ";",  # an error in text before LaTeX 2020-10: in bibliographies it is a semicolon that a program has escaped
}  # fmt: skip

# By the sign that they contain, in the order in which they are to be replaced.
LIGATURES = {
    "--": {"---": "—", "--": "–"},
    "`": {"?`": "¿", "!`": "¡", "``": "“", "`": "‘"},
    "'": {"''": "”", "'": "’"},
    "~": {"~": "\u00a0"},
}

# ------------------------------------------------------------------------------------------------ mathematics

GREEK = {
    name: chr(0x3B1 + place)
    for place, name in enumerate(
        """alpha beta gamma delta varepsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho varsigma sigma tau
        upsilon varphi chi psi omega""".split()
    )
    if name != "omicron"  # TeX has none
} | _pairs(
    """epsilon ϵ vartheta ϑ phi ϕ varpi ϖ varrho ϱ
    Gamma Γ Delta Δ Theta Θ Lambda Λ Xi Ξ Pi Π Sigma Σ Upsilon Υ Phi Φ Psi Ψ Omega Ω"""
)

# Symbols of mathematics in the kernel.
MATH = GREEK | _pairs(
    r"""
    hbar ℏ imath 𝚤 jmath 𝚥 ell ℓ wp ℘ Re ℜ Im ℑ aleph ℵ forall ∀ exists ∃ partial ∂ nabla ∇ emptyset ∅ infty ∞ prime ′
    in ∈ ni ∋ notin ∉ sum ∑ prod ∏ coprod ∐ int ∫ oint ∮ surd √ propto ∝ angle ∠ parallel ∥ mid ∣ wedge ∧ vee ∨ cap ∩
    cup ∪ sim ∼ simeq ≃ cong ≅ approx ≈ neq ≠ equiv ≡ leq ≤ geq ≥ ll ≪ gg ≫ prec ≺ succ ≻ preceq ⪯ succeq ⪰ subset ⊂
    supset ⊃ subseteq ⊆ supseteq ⊇ uplus ⊎ sqsubseteq ⊑ sqsupseteq ⊒ sqcap ⊓ sqcup ⊔ oplus ⊕ ominus ⊖ otimes ⊗ oslash ⊘
    odot ⊙ vdash ⊢ dashv ⊣ top ⊤ perp ⟂ models ⊧ bowtie ⋈ asymp ≍ doteq ≐ smile ⌣ frown ⌢ cdot ⋅ cdots ⋯ vdots ⋮ ddots ⋱
    mp ∓ ast ∗ star ⋆ circ ∘ bullet ∙ diamond ⋄ setminus ∖ wr ≀ amalg ⨿ dagger † ddagger ‡ div ÷ times × pm ± lnot ¬
    leftrightarrow ↔ updownarrow ↕ nwarrow ↖ nearrow ↗ searrow ↘ swarrow ↙ mapsto ↦ hookleftarrow ↩ hookrightarrow ↪
    leftharpoonup ↼ leftharpoondown ↽ rightharpoonup ⇀ rightharpoondown ⇁ rightleftharpoons ⇌ Leftarrow ⇐ Uparrow ⇑
    Rightarrow ⇒ Downarrow ⇓ Leftrightarrow ⇔ Updownarrow ⇕ longleftarrow ⟵ longrightarrow ⟶ longleftrightarrow ⟷
    Longleftarrow ⟸ Longrightarrow ⟹ Longleftrightarrow ⟺ longmapsto ⟼ lceil ⌈ rceil ⌉ lfloor ⌊ rfloor ⌋ langle ⟨
    rangle ⟩ leftarrow ← rightarrow → uparrow ↑ downarrow ↓ triangle △ triangleleft ◁ triangleright ▷ bigcirc ◯ flat ♭
    natural ♮ sharp ♯ clubsuit ♣ diamondsuit ♢ heartsuit ♡ spadesuit ♠ bigcap ⋂ bigcup ⋃ bigvee ⋁ bigwedge ⋀ bigoplus ⨁
    bigotimes ⨂ bigodot ⨀ biguplus ⨄ bigsqcup ⨆
    """
)
MATH_SYNONYMS = _pairs(
    "le ≤ ge ≥ ne ≠ to → gets ← land ∧ lor ∨ neg ¬ owns ∋ Vert ‖ vert | cdotp · degree ° dag † ddag ‡ lvert | rvert |"
)
# One sign between dollars. As text, the hyphen of mathematics is a minus.
MATH_SIGNS = {sign: sign for sign in "<>=+/|*"} | {"-": "−", "'": "′", "''": "″"}

SUPERSCRIPTS = dict(zip("⁰⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱ", "0456789+-=()ni", strict=True))
SUBSCRIPTS = dict(zip("₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎", "0123456789+-=()", strict=True))

# ------------------------------------------------------------------------------------------------ commands

# Commands with one argument that sets a mark; the first one of each mark is written.
FORMATS: dict[str, Mark] = {
    "emph": "i", "textbf": "b", "textsubscript": "sub", "textsuperscript": "sup", "textsc": "sc",
    "textit": "i", "textsl": "i", "mkbibemph": "i", "mkbibitalic": "i", "underline": "i", "uline": "i",
    "mkbibbold": "b", "mkbibsubscript": "sub", "mkbibsuperscript": "sup", "sb": "sub", "sp": "sup",
    "mathsc": "sc", "smallcaps": "sc",
}  # fmt: skip
FORMAT_OF: dict[Mark, str] = {mark: name for name, mark in reversed(FORMATS.items())}

# Commands that hold to the end of the group; None is what ends the others.
SWITCHES: dict[str, Mark | None] = {
    "em": "i", "it": "i", "itshape": "i", "sl": "i", "slshape": "i", "bf": "b", "bfseries": "b", "sc": "sc",
    "scshape": "sc", "rm": None, "normalfont": None, "upshape": None, "mdseries": None,
}  # fmt: skip

QUOTED = {
    "enquote": ("“", "”", "‘", "’"), "mkbibquote": ("“", "”", "‘", "’"), "mkbibparens": ("(", ")", "[", "]"),
    "mkbibbrackets": ("[", "]", "(", ")"), "parentext": ("(", ")", "[", "]"), "brackettext": ("[", "]", "(", ")"),
}  # fmt: skip

# Commands of which the argument alone is text; of the last ones, the second argument.
PLAIN = _words(
    """textrm textsf texttt textnormal textup textmd textlf mbox hbox fbox text mathrm mathsf mathtt mathnormal mathit
    mathbf uppercase lowercase MakeUppercase MakeLowercase MakeSentenceCase MakeTitleCase autocap bibstring acro smash
    mkbibacro bibinfo textlatin textgreek textcyrillic foreignquote natexlab hyphenquote operatorname"""
)
SECOND = _words("textcolor foreignlanguage texorpdfstring textlang bibfield bibnamedelim colorbox scalebox")

# Commands that print nothing, alone or with their argument.
SILENT = _words(
    """relax protect noindent null leavevmode tt sf ttfamily sffamily rmfamily tiny small normalsize large Large LARGE
    footnotesize scriptsize frenchspacing nonfrenchspacing sloppy allowbreak nobreak nolinebreak linebreak selectfont
    unskip ignorespaces displaystyle textstyle limits nolimits bibdotless adddot isdot boldmath unboldmath"""
)
DROPPED = _words("noopsort SortNoop sortnoop noop phantom hphantom vphantom hspace vspace color")
VERBATIM = _words("url path nolinkurl urlprefix detokenize doi")

# Commands of the kernel that stand for no text: kept as commands.
KEPT = _words("cite nocite ref pageref label footnote index thanks")

# What the macros print that NASA ADS writes for journals.
JOURNALS = {
    name: value.replace("_", "\u00a0")
    for name, value in _pairs(
        """
        aj AJ actaa Acta_Astron. araa ARA&A apj ApJ apjl ApJ apjlett ApJ apjs ApJS apjsupp ApJS ao Appl._Opt. apss Ap&SS
        aap A&A aapr A&A_Rev. aaps A&AS azh AZh baas BAAS bac Bull._astr._Inst._Czechosl. caa Chinese_Astron._Astrophys.
        cjaa Chinese_J._Astron._Astrophys. icarus Icarus jcap J._Cosmology_Astropart._Phys. jrasc JRASC memras MmRAS
        mnras MNRAS na New_A nar New_A_Rev. pasa PASA pasp PASP pasj PASJ pra Phys._Rev._A prb Phys._Rev._B
        prc Phys._Rev._C prd Phys._Rev._D pre Phys._Rev._E prl Phys._Rev._Lett. planss Planet._Space_Sci. qjras QJRAS
        rmxaa Rev._Mexicana_Astron._Astrofis. skytel S&T solphys Sol._Phys. sovast Soviet_Ast. ssr Space_Sci._Rev.
        zap ZAp nat Nature iaucirc IAU_Circ. aplett Astrophys._Lett. apspr Astrophys._Space_Phys._Res.
        bain Bull._Astron._Inst._Netherlands fcp Fund._Cosmic_Phys. gca Geochim._Cosmochim._Acta grl Geophys._Res._Lett.
        jcp J._Chem._Phys. jgr J._Geophys._Res. jqsrt J._Quant._Spec._Radiat._Transf. memsai Mem._Soc._Astron._Italiana
        nphysa Nucl._Phys._A physrep Phys._Rep. physscr Phys._Scr procspie Proc._SPIE psj Planet._Sci._J.
        """
    ).items()
}

# ------------------------------------------------------------------------------------------------ all characters

# Command -> what it prints; where a name is in several tables, the text's meaning goes before that of mathematics.
CHARACTERS: dict[str, str] = (
    {f"text{name}": char for name, char in GREEK.items()}
    | {name.capitalize(): char.upper() for name, char in GREEK.items() if "var" not in name}
    | MATH | MATH_SYNONYMS | JOURNALS | SPACES | SYNONYMS | SYMBOLS | ESCAPES | LETTERS
)  # fmt: skip
# What {\textsuperscript 4} stands for: it is how the characters are spelt, while \textsuperscript{4} is the mark.
RAISED = {("super", sign): char for char, sign in SUPERSCRIPTS.items()} | {
    ("sub", sign): char for char, sign in SUBSCRIPTS.items()
}

# ------------------------------------------------------------------------------------------------ inputenc

# What pdflatex reads as it stands with the encodings T1 and TS1 (utf8.def, t1enc.dfu, ts1enc.dfu), without the
# characters that are written as commands anyway.
_T1 = """
    ¡-¬®-ĥĨ-ķĹ-ľŁ-ňŊ-ťŨ-žǄ-ǔǢ-ǣǦ-ǫǰ-ǰǴ-ǵȘ-țȲ-ȳȷ-ȷḂ-ḃḍ-ḍḞ-ḡḥ-ḥḰ-ḱḷ-ḷṃ-ṃṅ-ṅṇ-ṇṛ-ṛṣ-ṣṭ-ṭẎ-ẑẞ-ẞỲ-ỳƒ-ƒˇ-ˇ˘-˙˛-˛˝-˝฿-฿‐-‒―-‖‚-‚„-„†-•
    ‰-‱‹-›※-※‽-‽⁄-⁄⁒-⁒₡-₡₤-₤₦-₦₩-₩₫-€₱-₱℃-℃№-℗℞-℞℠-℠™-™℧-℧℮-℮←-↓␢-␣◦-◦♪-♪〈-〉ﬀ-ﬆ
""".split()
INPUT = frozenset(
    chr(code)
    for ranges in _T1
    for start in range(0, len(ranges), 3)
    for code in range(ord(ranges[start]), ord(ranges[start + 2]) + 1)
)
