"""The closed vocabularies: every value a record may take, each with its meaning.

A vocabulary grows with a MINOR release of the data; a value is never renamed or given another meaning.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Self


class Term(StrEnum):
    """A word of a vocabulary: its value is what files and REST say, `description` is what it means.

    `code` is its code in an outside standard, where there is one.
    """

    description: str
    code: str

    def __new__(cls, value: str, description: str = "", code: str = "") -> Self:  # noqa: D102 (the class says it)
        term = str.__new__(cls, value)
        term._value_ = value
        term.description = description
        term.code = code
        return term


class SourceKind(Term):
    """What a source is."""

    ARTICLE = "article", "An article by a news outlet."
    STATEMENT = "statement", "A statement that a body published itself."


class EntityKind(Term):
    """What an entity is."""

    PERSON = "person", "A human being whom a source names."
    ORGANIZATION = "organization", "A company or other private body."
    PUBLIC_BODY = "public_body", "A government, ministry, agency, parliament or police force."
    PLACE = "place", "A country, region, zone or other place."
    GROUP = "group", "People, bodies or facilities, one or many, whom the source does not name."


class NameKind(Term):
    """What a name is to its entity."""

    PRIMARY = "primary", "The name that we show, printed by the source."
    VARIANT = "variant", "Another form that a source prints."
    DESCRIPTIVE = "descriptive", "Our label for what no source gives a proper name; it may use printed words."


class Modality(Term):
    """How strongly the speaker says it. The source's own strength is kept."""

    STATED = "stated", "The speaker says it as a fact."
    REPORTED = "reported", "The speaker passes on what is being said, without saying by whom."
    ALLEGED = "alleged", "The speaker accuses somebody of it."
    SUSPECTED = "suspected", "The speaker calls it a suspicion."
    BELIEVED = "believed", "The speaker calls it a belief."
    INFERRED = "inferred", "Concluded, by the author where attributed to nobody and without our note, else by us."


class Channel(Term):
    """The way in which a speaker said it."""

    STATEMENT = "statement", "A statement that the source paraphrases."
    WEBSITE = "website", "The speaker's website."
    RANKING = "ranking", "A ranking that the speaker publishes."
    QUOTATION = "quotation", "Words quoted from the speaker."
    EDITORIAL_INSERTION = "editorial_insertion", "The editor's square brackets inside a quotation."


class DateBasis(Term):
    """Which clock a date was read from."""

    OCCURRED = "occurred", "The source says that it happened then."
    ANNOUNCED = "announced", "It was announced then; when it happened is not said."
    REPORTED = "reported", "It was reported then; neither its date nor its announcement's is said."


class EventKind(Term):
    """What happened."""

    CAMPAIGN = "campaign", "A drive of the authorities that runs over many events."
    INVESTIGATION = "investigation", "Authorities investigate or inspect."
    CLOSURE = "closure", "Mines stop operating."
    BUST = "bust", "Authorities say that they busted mines; whether those closed is not said."
    RAID = "raid", "Mining facilities are raided; whether they closed is not said."
    SEIZURE = "seizure", "Authorities seize equipment."
    CRIMINAL_CASE = "criminal_case", "Criminal cases are opened; nobody is charged by that alone."
    ARREST = "arrest", "People are arrested."
    DETENTION = "detention", "People are held in detention."
    OFFENCE = "offence", "Something unlawful is said or suspected to have been done; status and modality say which."
    ACTIVITY = "activity", "Something that is carried on, and is not called unlawful there."
    FINDING = "finding", "Authorities find or reveal something."
    POLICY = "policy", "A government decides something."
    ASSESSMENT = "assessment", "A source draws a conclusion of its own."
    CONTEXT = "context", "Circumstances in which the campaign takes place: shortages, causes, problems."


class EventStatus(Term):
    """What the source says became of it. Statuses of different sets are never merged."""

    CLOSED = "closed", "Closed, or stopped operating."
    CLOSED_VOLUNTARILY = "closed_voluntarily", "Closed of their own accord, as the source puts it."
    FORCED_TO_CLOSE = "forced_to_close", "Closed by force of the authorities."
    BUSTED = "busted", "Busted; whether closed is not said."
    RAIDED = "raided", "Raided; whether closed is not said."
    SEIZED = "seized", "Seized by the authorities."
    OPENED = "opened", "Opened, as of a case."
    ARRESTED = "arrested", "Arrested; nothing is said of a charge."
    IN_DETENTION = "in_detention", "Held in detention; nothing is said of a charge."
    SUSPECTED = "suspected", "Suspected; nothing is said of a charge or a conviction."
    FOUND = "found", "Found or revealed."
    DECIDED = "decided", "Decided."


class Role(Term):
    """The part that an entity has in an event, no stronger than the source puts it."""

    INVESTIGATOR = "investigator", "Carried out the investigation."
    ENFORCER = "enforcer", "Carried out the measure: closed, busted, seized, arrested, opened the cases."
    DECISION_MAKER = "decision_maker", "Took the decision."
    CLOSED = "closed", "Stopped operating."
    TARGET = "target", "Is what the measure is aimed at."
    SUSPECT = "suspect", "Is suspected of the offence."
    ACTOR = "actor", "Is said to have carried out the activity."
    INVOLVED = "involved", "Is said to have been involved; how is not said."
    ARRESTED = "arrested", "Was arrested."
    DETAINED = "detained", "Is held in detention."
    PRESSURED = "pressured", "Was put under pressure."
    POSSESSOR = "possessor", "Was found in possession of what was found."
    ASSESSED = "assessed", "Is whom the assessment concerns."
    INCOMER = "incomer", "Came in."
    OBJECT = "object", "Is what the event concerns, and is not said to act or to be acted against."
    AFFECTED = "affected", "Has the problem that the event describes."


class Predicate(Term):
    """What a subject is to an object. Each is exactly as strong as the source's own verb."""

    BROTHER_OF = "brother_of", "Is the brother of."
    HUSBAND_OF = "husband_of", "Is the husband of."
    DAUGHTER_OF = "daughter_of", "Is the daughter of."
    RELATIVE_OF = "relative_of", "Is a relative of; how is not said."
    PRESIDENT_OF = "president_of", "Is president of."
    CHAIRMAN_OF = "chairman_of", "Is chairman of."
    SPEAKER_OF = "speaker_of", "Is speaker of a house of parliament."
    OFFICIAL_OF = "official_of", "Is an official of."
    BODY_OF = "body_of", "Is a public body of the place."
    INCLUDED_IN = "included_in", "Is said to be among the group."
    CAME_FROM = "came_from", "Came from the place."
    BEHIND = "behind", "Is said to be behind; no ownership is said."
    OWNER_OF = "owner_of", "Owns."
    ULTIMATE_OWNER_OF = "ultimate_owner_of", "Ultimately owns; through whom is not said."
    AFFILIATED_WITH = "affiliated_with", "Is affiliated with; how is not said."
    ASSOCIATED_WITH = "associated_with", "Is associated with; how is not said."
    LINKED_TO = "linked_to", "Is linked to; how is not said."
    BENEFICIARY_OF = "beneficiary_of", "Benefits from."
    SAME_AS = "same_as", "Is one and the same as."
    FOLLOWED = "followed", "Came after, and as a result of or in the course of."
    CONTRIBUTED_TO = "contributed_to", "Was a cause of, alone or in part."
    MOTIVATED_BY = "motivated_by", "Was done because of."


class Tense(Term):
    """When a relation holds, seen from the source's date."""

    CURRENT = "current", "Holds at the time of the source."
    FORMER = "former", "Held once and no longer at the time of the source."


class Comparator(Term):
    """How a figure's number bounds the quantity."""

    EXACTLY = "exactly", "The number as printed, without a qualifier."
    ABOUT = "about", "Around the number, or around the range from low to high."
    MORE_THAN = "more_than", "More than the number."
    AT_LEAST = "at_least", "The number or more."
    UP_TO = "up_to", "The number or less."
    BETWEEN = "between", "From low to high."


class Measure(Term):
    """What a figure counts or measures."""

    MINES_CLOSED = (
        "mines_closed",
        "Mines, also called mining farms, that were closed or shut down, however that came about.",
    )
    MINES_CLOSED_VOLUNTARILY = "mines_closed_voluntarily", "Mines that closed voluntarily."
    MINES_FORCED_TO_CLOSE = "mines_forced_to_close", "Mines that were forced to shut down."
    MINES_SUSPECTED = "mines_suspected", "Mines under a suspicion that the event describes."
    MINERS_STOPPED = "miners_stopped", "Miners made to stop operating; the source says miners, not mines."
    CRIMINAL_CASES_OPENED = "criminal_cases_opened", "Criminal cases opened; a case is not a person charged."
    MACHINES_SEIZED = "machines_seized", "Mining machines seized."
    VALUE_OF_MACHINES_SEIZED = "value_of_machines_seized", "Value put on the seized machines."
    CAPACITY_BUSTED = "capacity_busted", "Electric power of busted mines; capacity, not energy."
    PEOPLE_DETAINED = "people_detained", "People held in detention."
    DETAINEES_IDENTIFIED = "detainees_identified", "Detainees whom the source describes singly."
    PROFIT = "profit", "Profit made, gross or net is not said."
    PEOPLE_SUPPLIED = "people_supplied", "People whom a company supplies with electricity."
    WEALTH_RANK = "wealth_rank", "Place in a ranking of the richest people; 1 is the richest."


class Unit(Term):
    """What a figure is counted or measured in, with its code in UCUM or, for money, ISO 4217."""

    MINE = "mine", "A mine, also called a mining farm.", "{mine}"
    MINER = "miner", "A miner.", "{miner}"
    CASE = "case", "A criminal case.", "{case}"
    MACHINE = "machine", "A mining machine.", "{machine}"
    PERSON = "person", "A human being.", "{person}"
    RANK = "rank", "A place in a ranking.", "{rank}"
    MEGAWATT = "megawatt", "A megawatt of electric power.", "MW"
    KZT = "kzt", "Kazakhstani tenge.", "KZT"
    USD = "usd", "United States dollar.", "USD"


UNITS: Mapping[Measure, frozenset[Unit]] = {
    Measure.MINES_CLOSED: frozenset({Unit.MINE}),
    Measure.MINES_CLOSED_VOLUNTARILY: frozenset({Unit.MINE}),
    Measure.MINES_FORCED_TO_CLOSE: frozenset({Unit.MINE}),
    Measure.MINES_SUSPECTED: frozenset({Unit.MINE}),
    Measure.MINERS_STOPPED: frozenset({Unit.MINER}),
    Measure.CRIMINAL_CASES_OPENED: frozenset({Unit.CASE}),
    Measure.MACHINES_SEIZED: frozenset({Unit.MACHINE}),
    Measure.VALUE_OF_MACHINES_SEIZED: frozenset({Unit.KZT, Unit.USD}),
    Measure.CAPACITY_BUSTED: frozenset({Unit.MEGAWATT}),
    Measure.PEOPLE_DETAINED: frozenset({Unit.PERSON}),
    Measure.DETAINEES_IDENTIFIED: frozenset({Unit.PERSON}),
    Measure.PROFIT: frozenset({Unit.KZT, Unit.USD}),
    Measure.PEOPLE_SUPPLIED: frozenset({Unit.PERSON}),
    Measure.WEALTH_RANK: frozenset({Unit.RANK}),
}
"""The units in which each measure is given."""

CURRENCIES = frozenset({Unit.KZT, Unit.USD})
"""The units that are money, with ISO 4217 codes."""


class Per(Term):
    """The time that a rate refers to."""

    DAY = "day", "For each day."
    MONTH = "month", "For each month."
    YEAR = "year", "For each year."


NOT_ADDITIVE = frozenset({Measure.WEALTH_RANK})
"""The measures whose figures mean nothing when they are added."""


class Exclusion(Term):
    """Why a figure is left out where figures are added."""

    RESTATES = "restates", "It says the same thing as the other figure."
    PART_OF = "part_of", "The other figure contains it."
    CUMULATIVE = "cumulative", "It is a running total, which is not added to others."
    NOT_PREFERRED = "not_preferred", "It gives way to the other figure, which a discrepancy between them prefers."
    NOT_ADDITIVE = "not_additive", "Figures of its measure mean nothing when they are added."


class Interval(Term):
    """How long a bucket of a histogram is."""

    DAY = "day", "A day of the calendar."
    MONTH = "month", "A month of the calendar."
    YEAR = "year", "A year of the calendar."


class Collection(Term):
    """The kinds of record that are served."""

    SOURCES = "sources", "Articles and statements."
    CITATIONS = "citations", "Passages of sources."
    ENTITIES = "entities", "People, bodies, places and groups."
    EVENTS = "events", "What happened, or is said to have happened."
    FIGURES = "figures", "Numbers about events and entities."
    RELATIONS = "relations", "What one entity or event is to another."
    DISCREPANCIES = "discrepancies", "Claims that disagree or restate one another."


class Operation(Term):
    """Arithmetic by which a figure follows from others."""

    SUM = "sum", "The operands added up."
    DIFFERENCE = "difference", "The first operand less the others."


class DiscrepancyReason(Term):
    """Why claims disagree or say one thing twice."""

    DEFINITION = "definition", "They count or name different things."
    SCOPE = "scope", "They cover different sets, places or spans of time."
    DATE = "date", "They date it differently."
    UNIT = "unit", "They measure in different units."
    UPDATE = "update", "One is a later state of the other."
    ROUNDING = "rounding", "One is a rounder form of the other."
    ERROR = "error", "One is wrong."
    UNRESOLVED = "unresolved", "The sources do not let us say why."


class ChangeKind(Term):
    """What a release did to a record."""

    ADDED = "added", "The record is new."
    CHANGED = "changed", "A field of the record has another value."
    REMOVED = "removed", "The record went away and left a tombstone."


class ChangeReason(Term):
    """Why a release changed a record."""

    NEW_SOURCE = "new_source", "A source was added, or read for the first time."
    SOURCE_CORRECTED = "source_corrected", "The source itself was corrected."
    CURATOR_ERROR = "curator_error", "We had read or written it wrong."
    SCOPE = "scope", "What the dataset covers was changed."
    WORDING = "wording", "Our own words were improved; no fact changed."
    UNKNOWN = "unknown", "The release that says why is refused and not served; no release gives this reason itself."
