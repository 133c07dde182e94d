"""The words that generated records are made of, so that search has something to find, and their days."""

from datetime import date

FIRST_DAY = date(2019, 1, 1)
DAYS = 2_500

PUBLISHERS = tuple("Gazette Courier Herald Tribune Observer Chronicle Dispatch Ledger Monitor Register".split())
TOWNS = tuple(
    "Almaty Astana Karaganda Pavlodar Aktobe Atyrau Kostanay Semey Taraz Oral Turkistan Ekibastuz Temirtau "
    "Kokshetau Petropavl Kentau Balkhash Rudny Satpayev Zhanaozen".split()
)
SURNAMES = tuple(
    "Akhmetov Bekova Dosanov Ermekova Iskakov Kairatov Lind Mamyrov Nurlanova Omarov Reed Sadykov Temirov Usenov "
    "Vance Yessimov Zhaksybekov".split()
)
GIVEN = tuple("Ada Aliya Askar Bo Dana Erlan Gulnar Ivan Jana Kanat Madina Nurlan Olga Rustam Saule Timur".split())
ADJECTIVES = tuple(
    "illegal unlicensed clandestine abandoned industrial underground registered grey remote seized idle private".split()
)
THINGS = tuple("mine farm depot warehouse substation container hangar server transformer workshop rack market".split())
VERBS = tuple("closed raided sealed searched inspected disconnected surveyed fined warned audited".split())
REASONS = tuple(
    "electricity shortage tax evasion smuggling fraud noise heat fire debt permits tariffs imports outage".split()
)
BODIES = tuple("agency ministry police prosecutor inspectorate regulator customs court committee bureau".split())

KINDS = (
    ("closure", "closed"),
    ("closure", "forced_to_close"),
    ("closure", "closed_voluntarily"),
    ("raid", "raided"),
    ("bust", "busted"),
    ("seizure", "seized"),
    ("criminal_case", "opened"),
    ("arrest", "arrested"),
    ("detention", "in_detention"),
    ("offence", "suspected"),
    ("finding", "found"),
    ("policy", "decided"),
    ("investigation", None),
    ("assessment", None),
)
MEASURES = (
    ("mines_closed", "mine", "mines"),
    ("mines_suspected", "mine", "mines"),
    ("machines_seized", "machine", "machines"),
    ("value_of_machines_seized", "kzt", "tenge"),
    ("capacity_busted", "megawatt", "megawatts"),
    ("criminal_cases_opened", "case", "cases"),
    ("people_detained", "person", "people"),
    ("profit", "usd", "dollars"),
)
MODALITIES = ("stated", "stated", "stated", "reported", "alleged", "suspected", "believed")
WHERES = ("headline", "lead", *(f"paragraph {n}" for n in range(2, 9)), *(f"bullet {n}" for n in range(1, 4)))
