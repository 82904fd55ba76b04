"""Words and patterns of giving money, over the token form of :mod:`~coopnlp.records.clauses`.

Source of the words: council minutes of French towns, resolutions of Québec
municipalities, agreements, press, and the forms of calls for projects. They
were developed by reading some 60 of the annotated drafts of the corpus and the
council minutes of one French city, 2011 and 2014.
"""

from __future__ import annotations

import re

PARTY = r"<([CF]\d+)>"
GIVER = r"<([CFOS]\d+)>"
DET = (
    r"(?:\s*(?:par |de |d'|du |des |la |le |les |l'|aupres |anciens? |anciennes? |celle |celui |ex-?|chacune? "
    r"|departements? |villes? |communes? |regions? ))*\s*"
)

# Verbs of giving, by stem and ending, as council minutes, agreements and press conjugate them.
STEMS = (
    r"(?:re)?vers|attribu|allou|accord|octroi|octroy|apport|(?:co)?financ|subventionn"
    r"|consacr|investi|engag|ajout"
    r"|complet|particip|contribu|affect|debloqu|donn|offr|dot|abond|souscri|mandat|rembours|assum|vot|inscri"
    r"|inject|notifi|support|couvr|prelev|mobilis|reserv|regl|confirm"
)
ENDS = (
    r"e|es|ent|a|ait|aient|era|eront|erait|eraient|ee|ees|er|is|it|ise|ises|ie|ue|uent|ue"
    r"|uee|uees|uer|uera|ant|te|tent|vent|vait"
)
AUXILIARY = (
    r"(?:(?:a|ont|avait|avaient|aura|auront|est|sont|sera|seront|soit|soient|etre|ete|y|en"
    r"|lui|leur|nous|se|s'|deja"
    r"|egalement|elle-meme|lui-meme)\s+)*"
)
VERB = re.compile(
    rf"\b{AUXILIARY}(?P<verb>(?:{STEMS})(?:{ENDS})|met|mettent|mettra|mis|remet|remettent|remettra|remis|promis|promet"
    rf"|offert|paie|paye|pris|prend|prennent)\b"
)
AGENT = re.compile(
    rf"^[^<>.;]{{0,45}}?\b(?:verse|apporte|finance|cofinance|accorde|alloue|octroye"
    rf"|attribue|donne|offert|consenti"
    rf"|paye|regle|vote|promis|assume|pris en charge|supporte|debloque|fourni|confirme|abonde"
    rf"|dote)e?s?\b[^<>.;]{{0,30}}?\bpar"
    rf"(?:\s+(?:la|le|les|l'))?\s*{GIVER}"
)
FROM = re.compile(
    rf"^[^<>.;]{{0,25}}?\b(?:viennent|vient|provien(?:t|nent)|provenant|issus?"
    rf"|en provenance|a la charge|au titre)"
    rf"\s+(?:de\s+|d'\s*|du\s+|des\s+)(?:la |le |les |l')?\s*{PARTY}"
)
OF = re.compile(r"^,?\s*(?:(?:de|du) (?:la |l')?|de l'|d')\s*<(F\d+)>")
# « Cofinanceurs : AFD 360 000 €, Agence de l'eau 80 000 € »: each name before its sum, under one label.
UNDER_LABEL = re.compile(
    r"\b(?:(?:co)?financeurs?|(?:co)?financements?(?: (?:acquis|obtenus|recus))?|partenaires financiers|recettes"
    r"|ressources|bailleurs?(?: de fonds)?|contributeurs?|donateurs?|mecenes)\s*:(?P<series>[^.:]*)$"
)
SERIES = re.compile(
    r"\s*(?:[^;.<>:]{0,25}<[CFO]\d+>\s*,?\s*<A\d+>[^<>;:]{0,30}[,;]\s*(?:et )?)*"
    r"(?:la |le |les |l')?<([CFO]\d+)>\s*,?\s*"
)
# « 80 € à la Prévention routière, 50 € aux Pinsons »: sums and who gets each.
TO_EACH = re.compile(r"<A\d+>\s+(?:a (?:la |l')?|au |aux )(?!<A|\d|hauteur|titre|compter|partir)")
NEXT_TO_EACH = re.compile(
    r"\s+(?:a (?:la |l')?|au |aux )(?:[^<>.;]|<[B-Z]\d+>){2,110}?(?:,\s*(?:et |puis )?|\s(?:et|puis)\s)"
)
# « L'association reçoit 900 € », in what a council decides
RECEIVES = re.compile(
    r"\b(?:(?:recoi(?:t|vent)|recevr(?:a|ont)|percoi(?:t|vent)|percevr(?:a|ont)|touche(?:nt|ra|ront)?|obtien(?:t|nent)"
    r"|obtiendr(?:a|ont)|(?:a|ont) (?:recu|obtenu|percu|decroche)|(?:se (?:voit|voient|verra|verront)"
    r"|s'est vue?|se sont vue?s) (?:attribuer|accorder|allouer"
    r"|octroyer|remettre|confirmer))\s+"
    r"(?:(?:une? |des? )?(?:subvention|aide|somme|dotation|bourse|montant|financement"
    r"|enveloppe)s? (?:\w+ )?(?:de |d'))?"
    r"|beneficie(?:nt|ra|ront)? (?:d'une (?:subvention|aide|somme|dotation|bourse) (?:\w+ )?(?:de |d')))$"
)
AN_AID_OF = re.compile(
    r"(?:^|[.;:,]\s|\benfin,)\W*(?:(?:une?|la|les|des|cette)\s+(?:aide|subvention|somme|dotation|contribution|bourse|montant)s?"
    r"(?: \w+){0,2} (?:de |d'))?\s*$"
)
# « 10 000 $ sont versés à la Ville de Val-d'Or »
PAID_TO = re.compile(
    r"\s*(?:est|sont|sera|seront|a ete|ont ete|va|vont|ira|iront|revien\w+) ?"
    r"(?:verse|accorde|attribue|alloue|octroye|remis|destine|consacre)?e?s? (?:a|au|aux)\b"
)
# « participations au fonds pour 2016 : 98 000 € pour le Département et 97 000 € pour la Ville »
SHARES = re.compile(
    r"\b(?:participations?|contributions?|parts|quotes-parts|apports|repartition)\b[^.;]{0,90}:\s*"
    r"(?:<A\d+>\s*(?:pour|a la charge) (?:de |du )?(?:la |le |l')?<[CFO]\d+>\s*(?:,|et|;|,\s*et)?\s*)*$"
)
SHARE_OF = re.compile(r"\s*(?:pour|a la charge) (?:de |du )?(?:la |le |l')?<([CFO]\d+)>")
# « la Région, la Ville et le Département apportent respectivement 3 000 €, 2 000 € et 1 000 € »
RESPECTIVELY = re.compile(
    r"(?P<bodies><[CFO]\d+>(?:\s*(?:,|et|ainsi que|,\s*et)\s*(?:(?:de|du|des|d') ?)?(?:la |le |les |l')?<[CFO]\d+>)+)"
    r"(?P<gap>[^.;<>]{0,160}?)(?P<sums><A\d+>(?:\s*(?:,|et|-|–|,\s*et)\s*(?:de |d')?<A\d+>)+)(?P<rest>[^.;<>]{0,20})"
)
# « Moyens : 6 400 € (Région X), 5 000 € (Ville de Y) »
BRACKET_AFTER = re.compile(r"^\s*\(\s*(?:la |le |les |l')?<([CFO]\d+)>\s*\)")
MEANS = re.compile(
    r"\b(?:moyens|budget|ressources|recettes|(?:co)?financements?|(?:co)?finance\w*|apports?|contributions?)\b"
)
# « il est proposé d'attribuer »: the council gives, whoever stands before.
PROPOSED = re.compile(r"\bil (?:vous |leur |lui )?est (?:donc |ainsi |egalement )?(?:propose|demande|decide|resolu)\b")
IT_IS_PROPOSED = re.compile(rf"{PROPOSED.pattern}[^<>.;]{{0,60}}(?:\bde |\bd')(?:lui |leur )?$")
# « aider l'association X en lui attribuant »: who aids gives, who is aided gets.
AIDS_BY_GIVING = re.compile(
    r"\b(?:aid|souten|appuy|accompagn|encourag|recompens|salu)\w* (?:<[A-Z]\d+>|[^.;<>])*\ben (?:lui |leur )$"
)
# A body and the verb that makes it the one who gets.
GETS = re.compile(
    r"[^.;<>]{0,12}?\b(?:re[cç]oi(?:t|vent)|recevr(?:a|ont)|recevai\w+|percoi(?:t|vent)|percevr(?:a|ont)|obtien(?:t|nent)"
    r"|obtiendr(?:a|ont)|(?:a|ont|avai\w+|aura) (?:\w+ )?(?:recu|obtenu|percu|decroche|beneficie)|beneficie\w*"
    r"|(?:se (?:voit|voient|verra|verront|vit)|s'est vue?|se sont vue?s) \w+|touche(?:nt|ra|ront)?)\b"
)
# « le Ministère accorde à la Ville de Rimouski une contribution de 13 000 $ »
GIVEN_TO = re.compile(
    r"\b(?:accord|attribu|allou|octro|vers|donn|remet|remis|confirm|consent)\w*(?:[^<>.;]{0,40})\b(?:a|au"
    r"|aux) (?:la |l'|le |les )?(?:(?:association|societe|fondation|federation|commune|ville|compagnie|club|comite"
    r"|collectif) (?:de |du |des |d')?(?:la |l'|le |les )?)?$"
)
# « 100 000 € versés à la Fondation X », in what an authority reports
GIVEN_TO_ONE = re.compile(
    r"\s*,?\s*(?:ont ete |a ete |etaient |sont )?(?:vers|attribu|accord|allou|octroy)ee?s? (?:a|au|aux)\b"
)
# « L'aide obtenue est de 11 000 $ »
OBTAINED_AID = re.compile(
    r"\b(?:aides?|subventions?|financements?|soutiens?|bourses?|sommes?"
    r"|montants?)\s+(?:\w+ )?(?:obtenue?s?|recue?s?|percue?s?"
    r"|accordee?s?|attribuee?s?|octroyee?s?)\b[^.;]{0,40}$"
)
# « auxquels s'ajoutent 900 € de la Table des élus », « une aide de 500 € du Département »: any body that « de » names.
OF_BODY = re.compile(r"^,?\s*(?:(?:de|du|des) (?:la |l')?|de l'|d')\s*<([CO]\d+)>")
OWED_TO = re.compile(
    r"(?:\bs'(?:y )?ajoutent?|\bdont|\bplus|\b(?:subventions?|aides?|contributions?|bourses?|dons?|participations?"
    r"|(?:co)?financements?|apports?|soutien|concours)(?: \w+)? (?:de |d'|:))\s*(?:environ |pres de |plus de )?$"
    r"|<A\d+>\s*(?:de la |de l'|du |des |de |d')<[CFO]\d+>\s*(?:,|et|plus|puis)\s*(?:enfin )?$"
)
SOUGHT_AFTER = re.compile(r"^(?P<gap>[^<>.;]{0,60}?)\baupres (?:de |du |des |d')(?:la |le |les |l')?\s*<([CFO]\d+)>")
# « 5 000 € par l'Agence », « l'Institut français (12 000 dinars) », where the sentence is about money given.
BY = re.compile(r"^\s*,?\s*par\s+(?:la |le |les |l')?<([CFO]\d+)>")
IN_BRACKET = re.compile(r"<([CFO]\d+)>\s*\(\s*(?:soit |environ |pour )?$")
SUPPORT = re.compile(
    r"\b(?:aides?|appuis?|soutiens?|concours|contributions?|participations?|apports?|subventions?|dons?|mecenat|parrainages?"
    r"|(?:co)?financements?|(?:co)?financeurs?|partenaires?|grace|aupres|recettes?|ressources?)\b"
)
# « la modernisation de l'école X (85 000 euros) », « dans le district Y (12 000 euros) »: what is paid for, or where,
# unless a word of support stands before: « avec l'aide de X (900 €) ».
PAID_FOR = re.compile(r"\b(?:de|du|des|d'|dans|a|au|aux|pour|en|vers|chez)\s*(?:la |le |les |l')?$")
MONEY_TOLD = re.compile(
    r"\b(?:(?:co)?financ\w+|subvention\w*|aides?|aidee?s?|soutien\w*|soutenu\w*|appuy\w+|appuis?|contribu\w+|apport\w*|dons?"
    r"|bourses?|participation\w*|recu\w*|obtenu\w*|grace a|mecen\w+|parrain\w*|offert\w*|credits?|dont|s'ajoutent)\b"
)
OBTAINED = re.compile(r"\b(?:obten\w+|recu\w*|mobilis\w+|emprunt\w*|contract\w+)\b")
NOUN = re.compile(
    rf"\b(?:contributions?|participations?|apports?|parts?|subventions?|aides?|soutien"
    rf"|concours|dotations?|don|quote-part"
    rf"|financements?|cofinancements?|appui|bourses?|engagement|(?<!et )celle|(?<!et )celui"
    rf"|avance|versement|enveloppe)"
    rf"(?:\s+(?:financiere?|speciale?|annuelle?|totale?|maximale?|exceptionnelle?|prevue"
    rf"|complementaire|forfaitaire|sollicitee?|demandee?|attendue?|reservee?))*"
    rf"\s+(?:de |d'|du |des |aupres (?:de |du |des |d'))\s*(?:la |le |les "
    rf"|l')?\s*{PARTY}(?P<rest>(?:[^<>;]|<[XPDNS]\d+>){{0,110}})$"
)
SOUGHT = re.compile(
    rf"\b(?:sollicit\w*|demand\w*|aupres|requeri\w*"
    rf"|attend\w*)\b[^<>;.]{{0,40}}{GIVER}(?P<rest>[^<>;.]{{0,40}})$"
)
AND_SOUGHT = re.compile(
    rf"<A\d+>\s*,?\s*(?:et|ainsi que)\s*(?:aupres )?(?:de |du |des |d')?(?:la |le |les "
    rf"|l')?\s*{GIVER}\s*(?:a hauteur de|pour|de|:)\s*$"
)
LISTED = re.compile(
    rf"^(?P<mark>[^<>]{{0,22}}?)(?P<lead>(?:[a-z][a-z' ]{{0,40}})?)\s*{DET}{GIVER}(?P<joined>(?:\s*(?:et"
    rf"|,|et de|et la|et le)\s*{DET}<[CF]\d+>)*)"
    rf"(?P<bracket>\s*(?:\([^()]*\))?)(?P<gap>\s*(?:,?\s*cha(?:-\s*)?cune?\s*)?(?:,?\s*(?:pour"
    rf"|a hauteur de|a concurrence de|soit|avec)\s*|[:=–—>]+|\s-\s|\.+\s*\.?\s|,|\s{{2,}}"
    rf"|\()[^<>a-z]{{0,40}})$"
)
ELIDED = re.compile(
    rf"(?:<A\d+>)(?:[^<>.;]{{0,12}})(?:,|et|;|puis)\s*{DET}{PARTY}\s*(?:,|:|pour|a hauteur de|avec)?\s*$"
)
# « a accordé 2 000 € au titre de l'appel de 2022, et la Région 1 000 € »
ELIDED_FAR = re.compile(
    r"<A\d+>(?P<gap>(?:[^<>.;]|<[DXPON]\d+>){0,90}?)(?:,\s*(?:et|ainsi que)?|\bet|puis)\s*"
    r"(?:la |le |les |l')?<([CFO]\d+)>\s*(?:,|:|pour|a hauteur de)?\s*$"
)
# « la Régie paie les salaires, la Ville 6 000 € »: the verb of the first serves the second.
ELLIPSIS = re.compile(r"[,;]\s*(?:et )?(?:la |le |les |l')?<([CFO]\d+)>\s*$")
# « le Rhône cofinance à égalité, la Drôme à hauteur de 6 000 € »: the second has no verb of its own.
ALONE = re.compile(rf",\s*(?:et )?(?:la |le |les |l')?{GIVER}\s*,?\s*(?:a hauteur de|pour)\s*$")
RECIPIENT = re.compile(r"\b(?:a|au|aux|pour|avec|dans|en faveur de|en faveur du) (?:la |le |les |l')?(?:<[CF]\d+>)")
FUND_BUDGET = re.compile(
    r"\b(?:budget|enveloppe|dotation|credits?|montant|capital)\s+(?:annuelle? )?(?:de |d'"
    r"|du )(?:la |le |l')?\s*<(F\d+)>"
)
# « MEAE : 9 000 € ; MRIF : 13 500 $ »: nothing but who and how much
BODIES_AND_SUMS = re.compile(
    r"\W*(?:(?:(?:la |le |l')?<[CFO]\d+>\s*:\s*<A\d+>\s*[;,/|–-]?\s*(?:et )?){2,}"
    r"|<[CFO]\d+>\s*:\s*<A\d+>\s*[;,/|–-]?\s*<[CFO]\d+>\s*:\s*[^<>]{0,60})\.?\s*"
)
# What stands before a body that a list names as its giver; anything else makes it an object of the sentence.
NO_LEAD = re.compile(
    r"\b(?:taxes?|impots?|redevances?|produits?|est|sont|a|ont|sera|seront|confie\w*|au|aux|pour|avec|demande\w*|vers|chez|contre)\b"
)
# One grant told in yearly parts: « 900 €, soit 500 € en 2017 et 400 € en 2018 ».
YEARLY = re.compile(
    r"<A(\d+)>(?:[^<>;.]|<[PXOFTC]\d+>){0,100}?,?\s*(?:soit|a savoir|dont|repartis? (?:comme suit|ainsi))\s*:?\s*"
    r"(?P<parts><A\d+>\s*(?:en|pour|pour l'annee|sur)\s*<D\d+>"
    r"(?:\s*(?:,|et|puis|,\s*et)\s*<A\d+>\s*(?:en|pour|pour l'annee|sur)\s*<D\d+>)+)"
)
SCHEME_AFTER = re.compile(
    r"^(?P<gap>(?:[^<>;.]|<[COXP]\d+>){0,110}?)\b(?:dans le cadre|au titre|a travers|via|par l'intermediaire"
    r"|par le biais)\s+(?:de la |de l'|de |du |d'|des )?(?:la |le |l')?\s*<(F\d+)>"
)
# A line that announces grants, which its own lines give one by one, the sum first.
ANNOUNCES = re.compile(r"\b(?:accord\w*|attribu\w*|allou\w*|octro\w*|vot\w+|subventions?|vers\w*)\b[^.]*:\s*$")
TOKEN = re.compile(r"<([A-Z])(\d+)>")

# « les participations obligatoires au SDIS (900 €) »: who gets it
SUPPORT_TO = re.compile(
    r"\b(?:participations?|contributions?|subventions?|aides?|dotations?|dons?|concours)(?: \w+)? (?:a|au|aux)"
    r" (?:la |l')?$"
)
GRANTED_HERE = re.compile(
    r"\b(?:laureats?|retenus?|attribu\w+|subventions?|soutenus|recu quoi|repart\w+"
    r"|beneficiaires?|coups? de pouce|aides? accordees?)\b"
)
DECIDES = re.compile(
    r"\b(?:d?'?(?:attribu|allou|accord|octroy|vers(?!ements? (?:de )?transport)|affect|verser|inscri|alloue)\w*"
    r"|subventions?|participations?|contribution|concours|soutien"
    r"|somme|montant(?: maximal)?|aide|don|dotation"
    # « on a voté 1 000 francs à la Prévention routière »
    r"|on (?:a )?(?:vot|accord|donn)e)\b[^<>;]{0,60}$"
)
FINANCE = re.compile(
    r"\b(?:plan de financement|financements?|financeurs?|cofinanceurs?|contributions?"
    r"|contribuent|recettes|ressources?|produits|apports?"
    r"|origine des fonds|y contribuent|qui paie|subventions?|concours|tour de table"
    r"|participations financieres|partenaires financiers"
    r"|sommes demandees|repartition|coute|montage|avec quel argent|soutiens?)\b"
)
# « 84 000 €, répartis ainsi : »: where money comes from, unless the line speaks of costs.
SHARED_OUT = re.compile(r"\b(?:reparti\w*|ventil\w+|se decompose\w*|se partage\w*)\b")
EXPENSE = re.compile(r"\b(?:depenses?|charges|emplois|couts?|budget des travaux|achats|poste)\b")
# « une somme de 80 000 € sera consacrée à... », of the one fund that the paragraph speaks of
SET_APART = re.compile(r"[^<>]{0,30}\b(?:consacre|affecte|mobilise|reserve|alloue)e?s?\b")
# What a ministry, a fund or a council publishes when it has chosen, in the head of the document.
CHOSEN = re.compile(
    r"\b(?:laureats?|projets? (?:retenus|soutenus|selectionnes|finances)|beneficiaires de|resultats? d[eu]"
    r"|appel a projets)\b"
)
