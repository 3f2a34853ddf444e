"""Names of journals, abbreviated by ISO 4: the words that occur most, from the List of Title Word Abbreviations.

Source: ISSN International Centre, "LTWA". Words that are not here stay as they are; articles, prepositions and
conjunctions go; a name of one word is not abbreviated (ISO 4:1997, 4.5 and 4.6).
"""

from __future__ import annotations

import re
from functools import lru_cache

# Beginning of a word -> its abbreviation; a hyphen ends a beginning that every word with it has.
_ROWS = """
    academ- Acad. | accounting Account. | administrat- Adm. | advanc- Adv. | aeronaut- Aeronaut. | africa- Afr. |
    agricultur- Agric. | algebra- Algebr. | america- Am. | analy- Anal. | anatom- Anat. | animal- Anim. |
    annal- Ann. | annual Annu. | anthropolog- Anthropol. | appl- Appl. | aquatic Aquat. | archaeolog- Archaeol. |
    archiv- Arch. | artificial Artif. | asia- Asian | association- Assoc. | astronom- Astron. |
    astrophysic- Astrophys. | atmospher- Atmos. | atomic At. | australia- Aust. | automat- Autom. |
    bacteriolog- Bacteriol. | behavior- Behav. | behaviour- Behav. | biochemi- Biochem. |
    bioinformatic- Bioinform. | biolog- Biol. | biomedic- Biomed. | biophysic- Biophys. |
    biotechnolog- Biotechnol. | botan- Bot. | brain Brain | british Br. | bulletin- Bull. | business Bus. |
    canad- Can. | cardiolog- Cardiol. | cardiovascular Cardiovasc. | catalys- Catal. | chemi- Chem. | child Child
    | clinic- Clin. | coastal Coast. | cogniti- Cogn. | communicat- Commun. | comparativ- Comp. |
    computation- Comput. | computer- Comput. | computing Comput. | condensed Condens. | conferenc- Conf. |
    conservation Conserv. | contemporary Contemp. | control Control | critic- Crit. | cultur- Cult. |
    current Curr. | cybernetic- Cybern. | decision- Decis. | dental Dent. | dermatolog- Dermatol. | design Des. |
    development- Dev. | diagnos- Diagn. | differential Differ. | digital Digit. | discrete Discrete | diseas- Dis.
    | dynamic- Dyn. | ecolog- Ecol. | econom- Econ. | education- Educ. | electric- Electr. |
    electrochemi- Electrochem. | electronic- Electron. | endocrinolog- Endocrinol. | energ- Energy |
    engineering Eng. | entomolog- Entomol. | environment- Environ. | epidemiolog- Epidemiol. | ethic- Ethics |
    europe- Eur. | evolution- Evol. | experiment- Exp. | financ- Finance | food Food | forest- For. | french Fr. |
    functional Funct. | fundament- Fundam. | genetic- Genet. | geograph- Geogr. | geolog- Geol. |
    geophysic- Geophys. | geriatr- Geriatr. | german- Ger. | hematolog- Hematol. | histor- Hist. | human Hum. |
    humanit- Humanit. | hydrolog- Hydrol. | immunolog- Immunol. | industr- Ind. | infect- Infect. | informat- Inf.
    | inorganic Inorg. | institut- Inst. | intelligen- Intell. | interdisciplin- Interdiscip. |
    international- Int. | investigat- Invest. | japan- Jpn. | journal- J. | laborator- Lab. | language- Lang. |
    law Law | learning Learn. | letter- Lett. | librar- Libr. | linguist- Linguist. | literatur- Lit. |
    logic- Log. | machine- Mach. | magnet- Magn. | management Manag. | manufacturing Manuf. | marine Mar. |
    marketing Mark. | material- Mater. | mathemat- Math. | mechan- Mech. | media Media | medic- Med. |
    metabol- Metab. | meteorolog- Meteorol. | method- Methods | microbiolog- Microbiol. | microscop- Microsc. |
    model- Model. | modern Mod. | molecul- Mol. | monograph- Monogr. | nation- Natl. | natural Nat. |
    nature Nature | network- Netw. | neural Neural | neurolog- Neurol. | neuroscien- Neurosci. | nuclear Nucl. |
    numeric- Numer. | nurs- Nurs. | nutrition- Nutr. | obstetric- Obstet. | ocean- Ocean. | oncolog- Oncol. |
    operation- Oper. | ophthalmolog- Ophthalmol. | optic- Opt. | optimization Optim. | organic Org. |
    organization- Organ. | paediatric- Paediatr. | parallel Parallel | particle Part. | patholog- Pathol. |
    pattern Pattern | pediatric- Pediatr. | percept- Percept. | performance Perform. | personality Pers. |
    perspectiv- Perspect. | pharmaceutic- Pharm. | pharmacolog- Pharmacol. | philosoph- Philos. |
    photograph- Photogr. | physic- Phys. | physiolog- Physiol. | planet- Planet. | plant Plant | plasma Plasma |
    polic- Policy | politic- Polit. | polymer- Polym. | populat- Popul. | practic- Pract. | prevent- Prev. |
    probabil- Probab. | problem- Probl. | proceedings Proc. | process- Process. | product- Prod. |
    profession- Prof. | program- Program. | progress Prog. | psychiatr- Psychiatry | psycholog- Psychol. |
    public Public | publication- Publ. | quantum Quantum | quarter- Q. | radiat- Radiat. | radiolog- Radiol. |
    rehabilitat- Rehabil. | religi- Relig. | remote Remote | report- Rep. | research Res. | resourc- Resour. |
    review- Rev. | rheumatolog- Rheumatol. | risk Risk | robot- Robot. | royal R. | safety Saf. |
    scandinav- Scand. | school Sch. | scien- Sci. | sensing Sens. | separat- Sep. | series Ser. | signal- Signal |
    simulation Simul. | social Soc. | societ- Soc. | sociolog- Sociol. | software Softw. | soil Soil | solid Solid
    | space Space | spectrometr- Spectrom. | spectroscop- Spectrosc. | speech Speech | statist- Stat. |
    structur- Struct. | stud- Stud. | supercritical Supercrit. | surface- Surf. | surg- Surg. | symposi- Symp. |
    system- Syst. | teach- Teach. | technical Tech. | technolog- Technol. | temperatur- Temp. | theor- Theory |
    theoretic- Theor. | therap- Ther. | thermal Therm. | tissue- Tissue | toxicolog- Toxicol. | transact- Trans. |
    transport- Transp. | treatment Treat. | tropical Trop. | universit- Univ. | urban Urban | vacuum Vac. |
    veterinar- Vet. | virolog- Virol. | virtual Virtual | vision Vis. | visual Vis. | water Water |
    wireless Wirel. | world World | zoolog- Zool.
"""
_WORDS = dict(row.split() for row in _ROWS.split("|"))
_SMALL = frozenset("a and de der des die du et for fur für in la le of on the und zur".split())
_LONGEST = max(map(len, _WORDS))


def _abbreviation(word: str) -> str:
    """By the whole word, else by the longest beginning that is listed."""
    low = word.lower()
    if low in _WORDS:
        return _WORDS[low]
    beginnings = (f"{low[:length]}-" for length in range(min(len(low), _LONGEST), 2, -1))
    return next((_WORDS[one] for one in beginnings if one in _WORDS), word)


@lru_cache(maxsize=1 << 12)
def abbreviated(name: str) -> str:
    """The name of a journal with its words abbreviated: `J. Mach. Learn. Res.`."""
    words = [word for word in re.split(r"[\s:,]+", name) if word and word.lower() not in _SMALL]
    return " ".join(map(_abbreviation, words)) if len(words) > 1 else name.strip()
