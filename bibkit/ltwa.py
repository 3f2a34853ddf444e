"""Words of titles and their abbreviations: a table of those that journals and publishers use most.

The rules are those of the List of Title Word Abbreviations (ISSN International Centre; ISO 4:1997), restated here
for some 2,200 words of English, German, French, Spanish, Italian, Portuguese, Dutch and Latin. Each is one rule:

    acad.em-      every word that begins with `academ` is `acad.`: the point is where it is cut
    l.ettre       this word alone, and its plural in -s
    -forsch.ung   every word that ends in `forschung` ends in `forsch.`
    nation-=natl. an abbreviation that cutting does not give
    action        stays whole, whatever the beginnings say

Letters are those that `text.fold` leaves: neither case nor diacritics.
"""

from __future__ import annotations

from functools import cache, lru_cache

import msgspec

LONGEST = 24  # letters: no rule is longer
ROWS = """
aarb.og abdom.inal abh.andlung abh.andlungen abnorm.al aborig.inal absorpt.ion abstr.act abt.eilung- abus.e- acad.em-
accid.ent- account.ant- account.ing- acoust.ic- acquis.ition- act.ion- action act.ive act.ivit- actual.idad actual.ite-
acupunct.ure- adapt.ation- adapt.ive addict.- addit.ive- adhes.ion- adm.inistr- adolesc.en- adv.anc- advert.is-
aeronaut.ic- aerosp.ace aesthet.ic- afd.eling- aff.air- affect.ive afr.ica- aggress.i- agrar.- agreem.ent- agric.ol-
agric.ultur- agrofor.est- agron.om- airw.ay- akad.emi- alem.an- algebr.a- algebra alg.emeen- algem.ein- algorithm.ic
aliment.- alim.entair- allerg.- allg.emein- alter.ation- altern.ativ- amaz.on- am.eric- amphib.i- amtsbl.att anaesth.-
anaesthesiol.og- an.ais an.ales anal.i analog.- analog anal.ys- anal.yt- anat.om- androl.og- anesth.- anesthesiol.og-
angew.andt- angiol.og- anim.al- ann.al ann.alen ann.aler ann.ales ann.ali ann.alium ann.als ann.uair- annu.al- answ.er-
antarct.- anthr.opocen- anthropol.og- antibiot.ic- antimicrob.ial- antiq.uit- antivir.al- antropol.og- anu.ari-
-anz.eiger anz.eiger apher.es- apl.ic- apl.ikas- appet.ite appl.icable appl.icat- appl.ied appl.ique- approx.im-
aquac.ultur- aquat.ic- arab.- arast.irma- arb.eit- -arb.eiten arb.og arboric.ultur- archaeol.og- archeol.og- arch.ief-
archit.ect- archit.ektur- archit.ettur- arch.iv- arct.ic argent.in- arh.iv- arith.metic- ark.iv arqueol.og- arquit.ect-
arq.uiv- arrhythm.ia- arter.ial arterioscler.- arthrit.is- arthritis arthroplast.- arthrosc.op- artif.icial- arztl.ich-
asian asoc.iacion- asp.ect- assem.bl- assess.ment- assist.- assoc.iat- assoc.iaz- assur.anc- astrobiol.og- astronaut.ic-
astron.om- astrophys.ic- astrophys.iqu- aten.cion- atheroscler.- atmos.pher- at.om- atten.tion audiol.og- audit.ing-
aufs.atz- augment.ativ- ausg.abe ausg.aben ausl.and ausl.andisch- australas.ia- aust.ralia- autoimmun.- autom.at-
auton.om- aviat.ion- bacteriol.og- bakteriol.- balanc.e- balance balk.an- balt.ic- bank.er bank.ing barc.elona-
barr.ier- barrier bayes.ian- bayesian begins.el- behav.io- beih.eft- beil.age- beitr.ag- belg.e belg.ian belg.ic-
belg.iqu- benef.icial ber.icht- -ber.icht -ber.ichte berl.in- biblic.al bibliogr.aph- bibl.ioteca bibl.iothek-
bibl.iothequ- bifurc.at- bijdr.ag- bilater.al bild.ung biling.ual- bioact.iv- bioanal.- biobehav.- biocatal.- biochem.-
biochim.- bioconv.ersion biodegrad.ation biodeterior.- biodivers.it- bioelectr.- bioenerg.- bioeng.- bioeth.ics-
biofabr.ication biogeochem.- biogeogr.aph- biogeosci.- biogr.aph- bioinform.atic- bioinorg.anic biol.og- biomark.er-
biomater.ial- biomath.- biomech.- biomed.- biomembr.an- biometeorol.- biom.etri- biomol.- bioorg.anic biopharm.-
biophys.- biopolym.er- bioprocess.- bioprocess biorem.ed- bioresour.- biosci.en- biosens.- biosph.er- biostat.ist-
biosyst.- biotechnol.- biother.ap- -bl.att bl.att -bl.atter bl.atter bol.etim bol.etin- boll.ettin- boreal.- boreal
bot.an- bound.ary bras.il- braz.il braz.ilian- breed.ing- brief.ing br.itish bronch.- bryol.og- build.ing- bull.etin-
bur.eau burn.s bus.iness- cad.erno- cah.ier- calcif.- calc.ulus calif.orn- camb.ridge can.ad- cap.ital carbohydr.at-
carcinog.- card.iac cardiol.og- cardiothorac.- cardiovasc.ul- caribb.e- cartogr.aph- cas.opis- catal.an- cat.alog-
catal.y- categ.or- catheter.iz- cathol.ic- celest.ial- cell cell.ul- cent.er- cent.r- cent.ur- ceram.ic- cereb.r-
cerebrovasc.ul- ces.k- ceskoslov.- chall.eng- chart.er- chem.i- -chem.ie chemioter.- chemom.etric- chemother.ap- child
child.hood- child.ren chil.en- chim.i- chin.es- chiropr.act- chir.urg- chromatogr.aph- chromosom.- chron.icl-
chronobiol.og- cienc.i- circ.ular- circ.ulation circ.ulator- cir.ugi- cir.ujan- cir.urgi- citiz.en- civ.il
civiliz.ation- civ.ilt- class.ic- classif.- clim.at- climatol.og- clin.ic- clin.iqu- clust.er- coast.al- coat.ing-
coeff.icient- cogn.it- colect.- collab.orat- collect.ion- collect.iv- coll.eg- colloq.ue colloq.ui- colomb.ian- colon
colon.ial combin.atoir- comb.inator- combust.ion- comment.ari- comment.ation- commer.c- comm.ission- comm.ittee-
commun.ic- community comp.arat- compart.ment- compat.ib- compet.it- complement.- complement complet.- complet compos.it-
compr.ehens- c.omptes comput.- comun.- concept.ual- concr.ete concurr.en- condens.ed cond.ition- conf.erenc- confl.ict
congenit.al congr.es- connect.ion- connect.iv- conscious.ness- cons.ejo- conserv.at- constit.ution- constr.aint-
constr.uct- consult.- consult consum.er- contab.il- contam.in- contemp.orain- contemp.orane- contemp.orar- contin.-
cont.inental- conting.enc- contracept.ion- contr.act- contract contrib.ution- conversat.ion- convers.ion- coord.inat-
copyr.ight- coron.ary corp.orat- correct.ion- corros.ion- cosmet.ic- cosm.ic- cosmochim.- cosmol.og- counc.il- couns.el-
countermeas.ure- craniofac.ial creat.iv- crim.in- criminol.og- cris.is- crisis crit.ic- crit.iqu- croat.i- crustac.ean-
cryobiol.og- cryog.enic- cryptogr.aph- cryptol.og- cryst.- crystallogr.aph- cuad.ern- cuba cuba.n- cult.ur- curr.ent-
curric.ul- cybern.etic- cyberpsychol.- cytochem.- cytogenet.- cytol.og- cytom.etr- cytopathol.- dan.ish- dan.sk-
decis.ion- def.en- deform.- degrad.ation- deliv.er- dement.ia- democr.a- demogr.aph- den.mark- dent.al dent.ist-
dentomaxillofac.- dep.artment- dependab.- depend.ence- dep.ortament- depos.ition- depress.ion- derg.i- dermatol.og-
dermatopathol.- dermatovenereol.- desalin.ation- desarro.ll- desenvolv.iment- des.ign- destin.ation- detect.ion-
detect.or- deutsch-=dtsch. deutschland=dtschl. dev.elop- diabet.- diabetes diabetol.og- diagn.os- dialect.- dialect
dial.ysis- diam.ond- dict.ionar- didact.ic- diergeneeskd.e diergeneeskunde=diergeneeskd. diet.- diet differ.en-
diffus.ion- dig.est- digit.al- dimens.ion- dipart.iment- dipl.om- diplom dir.ection- dir.ector- dirit.to disabil.-
disast.er- disaster discip.lin- discl.osur- discontin.- discov.er- discuss.ion- dis.eas- disord.er- dispers.ion-
disput.- diss.ertation- disting.uish- distrib.ut- disturb.- diurn.al- divers.it- div.ision- doctoral=dr. doc.ument-
dokl.ad- drain.age- dry.ing durabl.e- durable dyn.am- dysfunct.ion- earthq.uake- east east.ern- eccles.iast-
echocardiogr.aph- ecohydrol.- ec.ole ecol.og- econ.om- econom.etri- ecosyst.em- ecotoxicol.- ed.ition educ.ac- educ.at-
eff.ect- effic.ien- egypt.ian- eidg.enoss- elast.- elect.oral electr.ic- electr.iqu- electr.o- electro electroanal.ytic-
electrocardiol.- electrochem.- electromagn.et- electron electron.ic- electrophor.- electrophysiol.- elem.ent- ellipt.ic-
embryol.og- emerg.en- emerg.ing emir.ate- emiss.ion- emot.ion- empir.ic- employ.- employ encycl.opaedi- encycl.opedi-
endanger.- endocr.in- endocrinol.og- endod.ont- endosc.op- endourol.- endovasc.ul- energ.- energy enferm.er-
enforc.ement eng.ineer- engl.and engl.ish- enhanc.- enseign.ement- ensen.anz- entdeck.ung- enter.al enterp.ris-
entomol.og- entrep.reneur- entwickl.ung- env.iron- environ.ment- environ.nement enzym.- enzymol.og- epidemiol.og-
epilep.s- epistem.- equ.ation- equip.ement- equip.ment- erdkd.e erdkunde=erdkd. erganz.ung- ergeb.nis- ergod.ic-
ergon.om- ernahr.ung- eros.ion- erzieh.ung- esc.ola- esc.uel- esp.ana esp.anol- estac.ion est.ad- estim.at- estuar.in-
estud.io- estud.o- ethn.ic ethn.icit- ethnobiol.- ethnobot.- ethnogr.aph- ethnol.og- ethnomusicol.- ethnopharmacol.-
ethol.og- etnogr.af- etud.e- etude etymol.og- eur.op- eval.uat- evang.elisch- evid.ence- evol.ut- exam.in- excav.at-
excell.en- except.ional exch.ange- exec.utiv- exerc.ise- exhib.ition- expect.- expect exp.erienc- exp.eriment- explor.-
exposit.ion- expo.sure- ext.ension- extracell.ul- extrem.e- fabr.ic- fac.olt- fac.uldad- fac.ult- fail fail.ure- fakt.en
fam.il- farm farm.ac- farm.ing- farming fash.ion- featur.- fed.er- feder fem.in- fenn.ic- ferment.- ferment fertil.-
fertiliz.er- filol.og- filos.of- filtr.ation- financ.- fish fish.er- fis.ic- fisiol.og- fisioter.- flex.ib- fluoresc.en-
folk folk.lor- fonct.ion- fond.ation- fond.azion- forecast.- forens.ic- forensic for.est- form.ative- forsch.ung-
-forsch.ung -forsch.ungen fortif.- fortschr.itt- found.ation- fract.al- fractal fract.ur- fr.anc- frauenheilkd.e
frauenheilkunde=frauenheilkd. freiburg-=freibg. fr.ench- freshw.ater- front.ier- funct.ion- fund.aca- fund.acion-
fundam.ent- fung.al- fungal fung.i futur.e- future fys.ica fys.ik- gac.et- gambl.ing- gastroenterol.og- gastrointest.in-
gaz.ett- gazz.ett- geburtsh.ilf- gegenwart=ggw. gend.er- geneeskd.e geneeskunde=geneeskd. geneeskundig-=geneeskd.
gen.eral- gener.ation- genet.- genom.- geobiol.- geobot.an- geochem.- geochim.- geochronol.- geod.es- geod.et-
geodyn.am- geofis.- geogr.af- geogr.aph- geoinf.orm- geol.og- geomagn.- geomech.- geomembr.an- geom.etr- geomorphol.-
geophys.ic- geophys.iqu- geosci.en- geosyst.- geotech.nic- geotext.il- geotherm.- geowiss.- geriatr.- ger.man-
gerontol.og- ges.amt- gesamt gesch.icht- -gesch.ichte geschied.enis- ges.ellschaft- -ges.ellschaft gesundh.eit
gewerbl.ich- gezondh.eid- ginecol.og- giorn.al- g.iornale gior.nat- glaciol.og- glob.al- glycobiol.- gott.ing- gov.ern-
grad.uat- -gr.afia gramm.ar- grande=gd. -gr.aphia graph.ic- -gr.aphic -gr.aphica -gr.aphie -gr.aphy grassl.and-
great=gt. greenl.and- guid.ance- gynaecol.og- gynakol.og- gynecol.og- habit.at- habitat haematol.- haemost.-
hamburg-=hambg. handb.ook- handb.uch- handel.ingen hardw.are- hazard.- hazard heal heal.ing hear hear.ing- hebr.- -h.eft
heft -h.efte heidelb.erg- heilkd.e heilkunde=heilkd. helgol.and- hell.en- helminth.- helv.etic- hematol.og- hemisph.er-
hemost.- hepatol.og- hered.it- herit.ag- herpetol.og- heterocycl.- hidraul.ic- high.er highl.ight- highlight hig.ien-
hisp.an- histochem.- hist.oir- histol.og- histopathol.- hist.or- hochsch.ul- holist.ic- homel.and- homeopath.-
homoeopath.- homosex.ual- hop.ital- horm.on- hortic.ultur- hosp.ital- hous.ing- hum.ain- hum.an- humanid.ad- humanit.-
hung.ar- hybrid.- hybrid hydraul.ic- hydrobiol.- hydrodyn.- hydrog.en- hydrogeol.- hydrol.og- hydrometall.urg- hyg.ien-
hyperbol.ic- hypertens.- hypertherm.- hypn.osis iber.ian- iberoam.erican- ichthyol.og- identif.- ig.ien- illn.ess-
illum.in- imag.e- image immun.- immunobiol.- immunochem.- immunol.og- immunopathol.- immunopharmacol.- immunother.-
implant.- implement.- implement improv.- incl.us- incompat.- indag.ation- indep.enden- indian indiana indic.ator-
indig.en- individ.ual- indones.ia- ind.ustr- inequal.it- infect.- infer.enc- infertil.- infin.it- inflamm.- inf.orm-
inform.atic- inform.atiqu- infrar.ed- infrared infrastruct.- ing.egn- ing.enier- ing.enieur- inherit.- inj.ur- inn.ere
innov.at- inorg.an- inpl.asm- inq.uir- inspir.- inst.itut- instr.uct- instruct.ion- instrum.- insul.in- insur.anc-
integr.at- intellect.- intell.igen- intensive interact.- interam.erica- interconnect.- interconnect intercult.-
interdiscip.lin- interf.ac- interface interfacial intergov.- intern.- intern int.ernac- int.ernational- int.ernaz-
internet internist interoper.ab- interpers.- interpret.- interpret interv.ent- intest.in- intracell.ul- invas.ive-
invasive invent.ion- invertebr.- investig.ac- investig.at- invest.ment- invit.ed- ion ion.ic- ionos.pher- iran.i-
ir.ish- irrig.at- islam.- islam isl.and- isot.op- isr.ael- ist.ituti ist.ituto ital.ia ital.ian- izv.estij- izv.estiya
jaarb.oek- jaarversl.ag jahrb.uch- -jahrb.uch jahresber.icht- japan-=jpn. jb. jew.ish- joint=jt. jorn.ad- j.ornal
j.ournal- journal.is- journ.ee- jurisprud.en- j.urnal just.ic- juv.enil- kathol.isch- kinderheilkd.e
kinderheilkunde=kinderheilkd. kinemat.ic- kinesiol.- kinet.ic- kirchengesch.icht- klass.isch- klin.ik- klin.isch-
knowl.edg- k.oninklijk- korean krankh.eit- krim.inal- kult.ur- -kunde=kd. kunstgesch.icht- kwart.aal- lab.orator-
laeg.er lakartidn.- landb.ouw- landbouw landf.orm- landsc.ap- landwirtsch.aft- lang.ag- lang.uag- lang.ue-
laparoendosc.- laryng.- laryngol.og- lat.in- latinoam.eric- lav.or- lawyer leadersh.- learn.ing- leb.ensm-
lebensm.ittel- lect.ur- leg.al- legis.l- lehre leipz.ig- leis.ur- lek.ar- leng.ua- lett.er- lett.re- leuk.em- leukoc.-
lev.el libr.aire- libr.ar- libr.o- libro lightning.- limit.ation- limnol.og- linguist.ic- linguist.iqu- linn.ean lipid.-
lipid lipidol.og- liq.uid- lit.erac- lit.erar- lit.eratur- lithol.- litt.er- livest.ock- log.ic- logist.ic- lond.on-
lothar.ing- lubr.icat- luftf.ahrt- luftfahrt lumin.escen- luth.eran- lutheran lymphat.ic- lymphol.og- mach.in-
macroecon.- macromol.- madr.id- mag.azin- magnes.ium- magn.et- magy.ar- maint.en- maj.or- major mal.adi- malar.ia-
mal.attie- malays.ia- mamm.al- mammal mammal.og- man manag.e- manip.ul- man.ual- manuf.actur- manuscr.ipt- mapp.ing-
mar.in- marit.im- mark.et- masch.inen- mat.ematic- mater.ial- matern.al- math.emat- maxillofac.ial meas.ur- mec.an-
mecc.anic- mech.an- mechanobiol.- mechatron.- med.ec- meded.eling- mediaev.al- mediat.or- med.ic- mediev.al-
mediterr.an- med.itsin- med.izin- -med.izin meet.ing- melb.ourn- membr.an- mem.oir- mem.ori- mem.ory menopaus.- mens.il-
ment.al- metab.ol- met.al- metall.- metallogr.- metaphys.ic- meteorit.ic- meteorol.og- method.ist- methodist
methodol.og- metod.- metr.ic- metrol.og- metrop.olit- mex.ic- micol.og- microb.- microbiol.og- microbiota microcirc.-
microecol.- microelectron.- microeng.- microfluid.- micromech.- micropaleontol.- microsc.op- microstruct.- microsyst.-
microvasc.- microw.av- middlew.are- midl.and midw.if- migr.at- mijnb.ouw- mikrobiol.- mil.ano- milano mil.itar-
millenn.- miner.al- mineral.og- minim.- min.ing- minist.r- minor.it- misc.ellan- mission.- mission mitig.- mitochondr.-
mitt.eilung- -mitt.eilungen mittelalt.er- mix.ed- mobil.- mob.ile- model.- model mod.ern- mol.ecul- mol.ekular-
mollusc.- mollusc molluscan monatsbl.att- monatschr.ift- monatsh.eft- monatsschr.ift- mond.e- monde mond.o- monet.-
monit.or- monogr.aph- mon.th- morphol.og- motil.it- mot.ion- motion motiv.at- mot.or- mount=mt. mountain-=mt. mov.ement-
mt multicult.- multidimens.- multidiscip.lin- multiling.- multimed.- multiph.as- mult.ipl- multisc.al- multivar.-
munch.ener- mund.o- mundo munic.ip- musc.l- musculoskelet.al- mus.ee- mus.eo- mus.eum- music.- music musicol.- mus.ik-
musik musikwiss.enschaft- mutat.ion- mycol.og- mythol.og- nachr.icht- -nachr.ichten nachrichtenbl.att nac.ional-
nanobiotechnol.- nanomater.- nanomed.- nanopart.icl- nanoparticl.e- nanophoton.- nanosci.- nanostruct.- nanotechnol.-
nanotoxicol.- narrat.iv- nation-=natl. nation nations natl.- nat.ural- nat.ure nat.urel- naturforsch.end-
naturgesch.icht- naturkd.e naturkunde=naturkd. naturwiss.enschaft- natuurkd.ig- natuurkund-=natuurkd. nauk.- nauk nav.al
navar.r- navig.at- naz.ional- ned.erland- negl.ect- neotrop.ic- nephrol.og- nerv.ous- neth.erlands netw.ork- neuroanat.-
neurobiol.- neurochem.- neurochir.- neurocomput.- neurodegener.- neuroendocr.in- neuroendocrinol.og-
neurogastroenterol.- neurogenet.- neuroimag.- neuroimage neuroimaging neuroimmun.- neuroimmunol.- neuroinform.-
neurol.og- neuromuscul.- neuron neurooncol.- neuropathol.- neuropharmacol.- neurophysiol.- neuropsychiatr.-
neuropsychobiol.- neuropsychol.- neuropsychopharmacol.- neuroradiol.- neurorehabil.- neurosci.- neurosurg.- neurother.-
neurotoxicol.- neurotrauma neurourol.- newsl.etter- niedersachs.isch- ninet.eenth nitrog.en- nitrogen noninvas.-
nonpar.ametr- nord.ic- nord.isch- nord.isk- norm.al- nor.sk- north.- n.orth northeast.- northw.est- northwest
nor.wegian- notes not.ice not.ices not.ici- not.ulen nouv.eau- nouv.el- nucl.e- nucleic nuev.o- nuevo numer.ic- nuov.o-
nurs.- nutr.ic- nutr.ient- nutr.it- obes.it- obozr.enie obr.a- obs.erv- obstet.ric- ocas.ional- occas.ional-
occup.ation- ocean.- ocean oceanogr.aph- oceanol.og- ocul.ar- odontol.og- oecol.og- oecon.omic- oeuvr.e- oeuvre
offentl.ich- off.ice- off.ici- oftalmol.og- okol.og- okon.om- oleag.in- -ol.ogia -ol.ogica -ol.ogical -ol.ogie
-ol.ogique -ol.ogisch -ol.ogische -ol.ogy oncog.en- oncol.og- onderz.oek- onkol.og- oper.at- ophthalm.ic- ophthalmic
ophthalmol.og- opin.ion- oppor.tunit- opt.ic- optim.- optoelectron.- optom.etr- organ org.anic org.anis- organ.isation-
organ.iz- organomet.- orient.- orient orig.in- ornithol.og- orthod.ont- orthop.aed- orthop.ed- ortop.ed- oscil.l-
osteoarthr.it- osteop.ath- osteopath osteoporos.- osterr.- otolaryngol.og- otol.og- otorhinolaryngol.og- outl.ook-
outlook oxf.ord- oxid.- oxidat.iv- oxyg.en- pac.if- packag.ing- padagog.- paediatr.ic- pak.istan- palaeobot.-
palaeoclim.- palaeoclimatol.og- palaeoecol.- palaeogeogr.- palaeontogr.aphic- palaeontol.og- paleobiol.-
paleoclimatol.og- paleontol.og- palest.in- palliat.iv- palynol.og- panam.eric- pancreat.- pap.el- pap.er paradig.m-
parametr.ic- parasit.- parasitenkunde-=parasitenkd. parasitol.og- parent.- parent parenter.al- parkinson.ism-
parliam.ent- part particip.- part.icl- partn.er- pastor.- pat.ent- pathog.en- pathol.og- pathophysiol.- patol.og-
paul.ist- peac.eful- pedagog.- pediatr.i- pediatri pedobiol.- pendidik.an- pept.ide- percept.- perform.- perfus.-
perinat.- perinatol.og- period.ic- period.ont- periodontol.og- perioper.- peripher.al- perit.on- pers.on- perspect.-
peru.an- pesqui.s- pestic.id- petrog.- pet.rol- petrol.og- pharm.ac- pharmacochem.- pharmacodyn.- pharmacoecon.-
pharmacoepidemiol.- pharmacogenet.- pharmacogenomics pharmacokinet.- pharmacol.og- pharmacother.- pharmacovigil.-
pharm.azeut- pharm.azi- phenom.en- phenomenol.og- philol.og- philos.oph- phon.etic- phonol.og- photobiol.- photochem.-
photodermatol.- photodiagn.- photogramm.etr- photogr.aph- photomed.- photonics photosynth.- photovolt.- phycol.og-
phylogenet.- phys.ic- physician- -phys.ik phys.ik phys.ikalisch- physiol.og- physiother.- phys.iqu- phytochem.-
phytol.og- phytomed.- phytopathol.- phytother.- pict.ure- pigment.- pipel.in- plan planet.- planet plan.n- plast.ic-
plasticity pneumol.og- poet.ic- poet.ry polic.- police policy pol.ish- polit.- politics pollut.- pol.onic- pol.sk-
polym.er- polymorph.- pop.ular- popul.ation- port.ugu- posit.ion- position posit.iv- postgrad.- potent.ial- potential
poult.r- pract.ic- pract.ition- pragmat.- prakt.isch- prat.ic- prat.iqu- precambr.ian- precambrian precis precis.ion-
preclin.- predict.- predict pref.erenc- prehist.or- prehosp.- prelim.inar- prenat.al- prep.arat- prep.aredness-
prepr.int- presbyt.er- preserv.- press press.ure- preuss.isch- prev.ent- prev.enz- prim.ar- primatol.og- princ.iple-
print.ing- prism.s- probab.il- probl.em- proc.eed- process.- process prod.uc- product.iv- proefschr.ift prof.ess-
program.- program prog.res- proj.ect- promot.- prop.erti- prop.erty- propos.ition- prospect.- prosthet.- prosthodont.-
prot.ect- proteom.- protoc.ol- prov.inc- prz.eglad- psichiatr.- psicoanal.- psicol.og- psiquiatr.- psychiatr.-
psychiatry psychoanal.- psychobiol.- psychogeriatr.- psycholinguist.- psychol.og- psychom.etr- psychoneuroendocr.-
psychoneuroimmunol.- psychooncol.- psychopathol.- psychopharmacol.- psychophys.ic- psychophysiol.- psychosoc.-
psychosom.- psychother.- psychotraumatol.- pubbl.ic- publ.ic- public publ.ish- pulm.on- pulmonol.og- purif.ic- quad.ern-
qual.it- quant.it- q.uarterly quat.ernar- que.bec quell.en- quest.ion- quim.ic- race race.s- rac.ial- racial radiat.-
radic.al- radioact.iv- radioanal.- radiobiol.- radiocarb.on radiochem.- radiogr.aph- radiol.og- radiother.- railw.ay-
rangel.and- rapp.ort- rass.egn- react.ion- react.or- read.ing r.eal reanim.a- reason.- reason recept.- recer.c-
rech.erch- rechtswiss.enschaft- reclam.- recognit.ion- recomb.in- reconstr.uct- rec.ord- recover.- recreat.ion- recycl.-
reduct.ion- ref.erenc- refin.- reflect.- refract.- refrig.erat- refug.ee- regen.erat- reg.ion- regist.r- regul.-
rehabil.it- reinf.orc- reject.- relat.- relax.- relax reliab.il- relig.io- remed.- remediat.- ren.al rend.icont- r.endus
renew.abl- rep.ort- repr.- represent.- reprod.uct- reptil.- repub.lic- res.earch- reserv.oir- resid.- resil.ienc-
resist.- resist resolut.- reson.anc- resour.c- respir.at- respirol.og- respons.- responsib.- restor.- resusc.it-
retail.- retin.- retr.iev- retrosp.- retrovirol.- reun.ion- rev.iew- rev.is- revis.ion- revolut.- rev.u- rhein.isch-
rheol.og- rhetor.ic- rheum.at- rheumatol.og- rhinol.og- ric.erc- rijksuniv.ersiteit riun.ion- riv.ist- robot.- robot
rocz.nik- rom.an- romana romant.ic- ross.iisk- ross.ijsk- r.oyal- rub.ber- rubber -rundsch.au rundsch.au rural.- rural
russ.ia- saf.et- sammelbd. samml.ung- sanid.ad sanit.ar- satell.it- sb.ornik- scand.inav- scann.- scanning schizophr.en-
sch.olar scholarsh.ip scholast.ic- sch.ool- schr.ift- -schr.ift -schr.iften schriftenr.eih- schweiz schweiz.erisch-
sci.en- scientometr.- scler.os- scot.t- scott.ish- screen.- screen scr.ipt- sc.uola- second second.ar- sect.ion-
secur.it- sediment.- sediment sedimentol.og- seism.- seismol.og- sel.ect- semant.ic- semicond.uct- semin.air- semin.ar-
semiot.ic- semit.ic- sens.- sep.arat- seq.uenc- ser.i- serv.ic- sew.age sex sexol.og- sex.ual- sez.ion- sicil.ian-
silic.- silicon simul.- singul.- sin.ic- sist.em- sitz.ung- sitzungsber.icht- skel.et- slav.ic- smok.e- soc.ial-
soc.iaux soc.iedad- soc.iet- sociol.- socioling.uist- softw.ar- sol.ar- solut.ion- solv.ent- solvent somat.- son.ic-
sonic s.outh south.east- southeast southeast.ern- south.ern- southw.est- southwest sov.iet- soz.ial- soziol.og-
spagn.ol- span.ish- spat.ial- speak.er- spec.ial- spectr.a- spectra spectrochim.- spectrom.etr- spectrosc.op- spectr.um-
spirit.ual- sprachwiss.enschaft- stab.il- stainl.ess- stand.ard- stanf.ord- stat.ic- static station-=stn. stat.ist-
stazione=stn. steril.- steroid.- steroid stoch.ast- stoffwechs.el- stor.i- strateg.- stratigr.aph- struct.ur- strum.ent-
stud.- studi study subcell.- subj.ect- submar.in- submitt.ed- subst.anc- substit.- suburb.an- sudam.eric- suicidol.-
suom.alais- suom.en supercomput.- supercond.uct- supercrit.ic- super.ior- superv.is- suppl.ement- suppl.y- supply
support.- support supramol.ecul- surf.ac- surg.- surveill.- surv.ey- surviv.- sustain.- sven.s- swed.- switz.erland-
symb.io- symb.ol- symm.etr- symp.os- sympt.om- synap.se- syndr.om- synth.e- syst.em- tandheelkd.e
tandheelkunde=tandheelkd. tandl.aege- tax.- tax taxon.om- teach.- teach tech.nic- tech.nik- -tech.nik tech.niqu-
tech.nisch- technocr.- technol.og- tec.nic- tecnol.og- tecton.- tectonophys.- telecommun.- telemed.- telesc.op-
telev.is- temp.erat- tempor.- temp.oral- tens.or- tensor teol.og- teor.i- ter.ap- terr.est- territ.or- terror.- terror
tess.il- test.ing- tex.as text text.ile- theatr.- theatre theol.og- theor.em- theor.et- theor.i- ther.ap- theriogenol.-
therm.al- thermochim.- thermodyn.- thermophys.- thermoplast.- thorac.- threat.- thromb.- thyroid.- thyroid tidskr.ift-
tidsskr.ift- tierarztl.ich- tierz.ucht tijdschr.ift- tob.acc- top.ic- topol.og- tour.ism- tour.ist toxic.- toxic
toxicol.og- trab.aj- trab.al- tradit.- trad.uct- trad.uzion- traff.ic- traffic train.- train trait.ement- trans.act-
transcult.- transf.er- transform.- transform transfus.- transit.- transit transl.at- transm.iss- transnation-=transnatl.
transnatl.- transpers.- transplant.- transpl.ant transp.ort- traumatol.og- trav.ail trav.aux treat.- treat trend.s-
trends tribol.og- trop.enmed- trop.ic- tr.udy- trust.- trust tuberc.ul- tuberk.ul- tumor.- tumor tunn.el- turb.in-
turbul.- turk.- tutor.ial twent.ieth ubiquit.ous- uchen.- ugeskr.ift- ukr.ain- ultrason.- ultrastruct.- ulus.al umsch.au
umw.elt- uncertain.t- undergr.- underst.and- underw.ater- unit.ed- united univ.ers- univers univers.al- unpubl.ish-
unterr.icht- unters.uchung- updat.- update up.per urb.an- urban urol.og- urug.uay- util.- vacc.in- vaccin vac.uum
valid.- valu.- value vap.our- var.i- vasc.ul- veg.etab- veg.etal- veg.etat- veh.ic- venez.olan- venom.- vent.il-
ventur.e- -verb.and ver.ein- ver.enig- verh.andeling- verh.andlung- verif.- verl.ag- veroff.entlichung- vers.amml-
versicher.ung- versl.ag- vertebr.- verwalt.ung- -verz.eichnis vessel.- vessel vestib.ul- vestn.ik- vet.ensk- vet.erin-
viaj.e- viaje vib.rat- vic.torian vid.eo- video vierteljahrschr.ift- vierteljahrsh.eft- vierteljahrsschr.ift-
viewp.oint- virol.- virus.es vis.ion- vis.ual- vitam.in- vitaminol.- vitic.ult- vl.aams- volcan.- volcanol.og- volkskd.e
volkskunde=volkskd. volksw.irt- vol.um- volunt.- vopr.os- vortr.ag- vulcanol.- vyss.h- warf.ar- wash wash.ington- waters
waterw.ay- weekbl.ad- weekl-=wkly. weld.- welf.are- -werk.e werkst.off- -wes.en west west.ern- wet.enschap- wetl.and-
wien.- wildl.if- wirel.ess- wirtsch.aft- -wirtsch.aft wiss.enschaft- -wiss.enschaft -wiss.enschaften wochenbl.att
wochenschr.ift- work work.er- works.hop- workshop writ.- xenobiot.- yearb.ook- zahnarztl.ich- zap.isk- zavod.- zavod
zb.ornik- zeitgesch.icht- z.eitschrift- -z.eitschrift -zeitung=ztg. zeitung=ztg. zent.ral- zentralbl.att zeol.it-
zesz.yt- zh.urnal- zool.og- zootec.-
"""


class Rules(msgspec.Struct, frozen=True):
    """The table by what a rule applies to: whole words, beginnings, endings. None: the word stays whole."""

    whole: dict[str, str | None]
    beginnings: dict[str, str | None]
    endings: dict[str, str | None]


@cache
def rules() -> Rules:
    """The table, read when it is first asked for."""
    read = Rules({}, {}, {})
    for row in ROWS.split():
        rule, _, other = row.partition("=")
        word = rule.replace(".", "").strip("-")
        cut = rule.strip("-").partition(".")[0] if "." in rule else None
        kind = read.endings if rule[0] == "-" else read.beginnings if rule[-1] == "-" else read.whole
        kind[word] = other.rstrip(".") or cut
    return read


@cache
def shortened() -> frozenset[str]:
    """All that the table abbreviates to: `phys`, `natl`, `j`."""
    table = rules()
    longer = {word for word, short in table.beginnings.items() if short != word}
    return frozenset(filter(None, (*table.whole.values(), *table.beginnings.values()))) - table.whole.keys() - longer


@lru_cache(maxsize=1 << 15)
def abbreviation(word: str) -> str:
    """What a folded word is abbreviated to, without the point, or the empty string: of several rules, the longest.

    A word that would lose one letter only is not abbreviated (ISO 4:1997).
    """
    short = _by_rule(word)
    return short if len(word) - len(short) > 1 else ""


def _by_rule(word: str) -> str:
    table = rules()
    for whole in (word, word.removesuffix("s")):
        if whole in table.whole:
            return table.whole[whole] or ""
    sizes = range(min(len(word), LONGEST), 1, -1)
    beginning = next((word[:size] for size in sizes if word[:size] in table.beginnings), "")
    ending = next((word[-size:] for size in sizes if word[-size:] in table.endings and size < len(word)), "")
    if len(ending) > len(beginning):
        return word.removesuffix(ending) + (table.endings[ending] or ending)
    return table.beginnings.get(beginning) or ""
