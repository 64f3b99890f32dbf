"""Every address about agreements, and about deals that are drafted and tried."""

from django.urls import path

from moothall.agreements.views import (
    board_keeping,
    boards,
    companies,
    company_books,
    comparing,
    drafts,
    editing,
    elections,
    existing,
    exits,
    exposure,
    facts_doors,
    health,
    meetings,
    one_page,
    overlaps,
    register,
    results,
    routes,
    settlement,
    signing,
    statements,
    succession,
    variations,
)

app_name = "agreements"
BOARDS = "<int:agreement_id>/boards"
BOARD = f"{BOARDS}/<int:board_id>"
MEETING = f"{BOARD}/meetings/<int:meeting_id>"
MOTION = f"{BOARD}/motions/<int:motion_id>"
ELECTION = f"{BOARD}/elections/<int:election_id>"
DEADLOCK = f"{BOARD}/deadlocks/<int:deadlock_id>"
DRAFT = "<slug:slug>/drafts/<int:draft_id>"
RESULT = "<slug:slug>/results/<int:trial_id>"
COMPANY = "companies/<int:company_id>"
AGREEMENT = "<int:agreement_id>"
VARIATION = f"{AGREEMENT}/variations/<int:number>"
SETTLE = f"{AGREEMENT}/settlement"
PERIOD = f"{SETTLE}/periods/<str:day>"
STATEMENT = f"{SETTLE}/statements/<int:number>"
urlpatterns = [
    # The register
    path("", register.home, name="home"),
    path("add/<slug:slug>", register.add, name="add_agreement"),
    path("who-sits-where", overlaps.matrix, name="matrix"),
    path("overlaps", overlaps.overlaps, name="overlaps"),
    path("record/<slug:slug>", existing.record, name="record_existing"),
    path("record/<slug:slug>/file", existing.record_file, name="record_file"),
    path(AGREEMENT, register.agreement, name="agreement"),
    path(f"{AGREEMENT}/change", register.change, name="change_agreement"),
    path(f"{AGREEMENT}/members/add", register.add_member, name="add_member"),
    path(f"{AGREEMENT}/members/<int:member_id>", register.member, name="member"),
    path(f"{AGREEMENT}/members/<int:member_id>/leave", register.leave, name="leave"),
    path(f"{AGREEMENT}/withhold", register.withhold, name="withhold"),
    path(f"{AGREEMENT}/one-page", one_page.one_page, name="one_page"),
    path(f"{AGREEMENT}/health", health.health, name="health"),
    path(f"{AGREEMENT}/health/answer", health.answer, name="answer_health"),
    # From a draft to an agreement in force
    path(f"{AGREEMENT}/signing", signing.signing, name="signing"),
    path(f"{AGREEMENT}/signing/schedule", signing.schedule, name="schedule"),
    path(f"{AGREEMENT}/signing/<slug:deed>", signing.signing_do, name="signing_do"),
    # Boards, where the members decide together
    path(BOARDS, boards.boards, name="boards"),
    path(f"{BOARDS}/new", boards.new_board, name="new_board"),
    path(BOARD, boards.board, name="board"),
    path(f"{BOARD}/do/<slug:deed>", boards.board_do, name="board_do"),
    path(f"{BOARD}/change", board_keeping.board_change, name="board_change"),
    path(f"{BOARD}/change/<slug:deed>", board_keeping.board_change_do, name="board_change_do"),
    path(f"{BOARD}/checks", boards.checks, name="board_checks"),
    path(f"{BOARD}/checks/<slug:deed>", boards.checks_do, name="board_checks_do"),
    path(MEETING, meetings.meeting, name="meeting"),
    path(f"{MEETING}/<slug:deed>", meetings.meeting_do, name="meeting_do"),
    path(MOTION, meetings.motion, name="motion"),
    path(f"{MOTION}/<slug:deed>", meetings.motion_do, name="motion_do"),
    path(ELECTION, elections.election, name="election"),
    path(f"{ELECTION}/<slug:deed>", elections.election_do, name="election_do"),
    path(DEADLOCK, elections.deadlock, name="deadlock"),
    path(f"{DEADLOCK}/<slug:deed>", elections.deadlock_do, name="deadlock_do"),
    # Changes
    path(f"{AGREEMENT}/variations", variations.ledger, name="variations"),
    path(f"{AGREEMENT}/variations/ask", variations.ask, name="ask_variation"),
    path(f"{AGREEMENT}/variations/basis", variations.basis, name="change_basis"),
    path(f"{AGREEMENT}/variations/need", variations.need, name="need"),
    path(VARIATION, variations.variation, name="variation"),
    path(f"{VARIATION}/change", variations.change, name="change_variation"),
    path(f"{VARIATION}/<str:deed>", variations.deed, name="variation_deed"),
    path("levels/<slug:slug>", variations.levels, name="approval_levels"),
    # Leaving and ending
    path(f"{AGREEMENT}/exit", exits.plan, name="exit"),
    path(f"{AGREEMENT}/exit/parts/<str:part>", exits.part, name="exit_part"),
    path(f"{AGREEMENT}/exit/items/<int:item_id>", exits.item, name="exit_item"),
    path(f"{AGREEMENT}/exit/<str:deed>", exits.deed, name="exit_deed"),
    # Deals that are drafted and tried
    path("drafts", drafts.home, name="drafts"),
    path("<slug:slug>/drafts/begin", drafts.begin, name="begin"),
    path(DRAFT, drafts.draft, name="draft"),
    path(f"{DRAFT}/save", drafts.save, name="save"),
    path(f"{DRAFT}/versions/<int:number>/restore", drafts.restore, name="restore"),
    path(f"{DRAFT}/compare", comparing.compare, name="compare"),
    path(f"{DRAFT}/settle", drafts.settle, name="settle"),
    path(f"{DRAFT}/settings", drafts.settings, name="settings"),
    path(f"{DRAFT}/share", drafts.share, name="share"),
    path(f"{DRAFT}/put-away", drafts.put_away, name="put_away"),
    path(f"{DRAFT}/copy", drafts.copy, name="copy"),
    path(f"{DRAFT}/add/<str:section>", editing.add, name="add"),
    path(f"{DRAFT}/edit/<str:place>", editing.place, name="place"),
    path(f"{DRAFT}/remove/<str:place>", editing.remove, name="remove"),
    path(f"{DRAFT}/simulate", results.simulate, name="simulate"),
    path(f"{DRAFT}/solve", results.solve, name="solve"),
    path(RESULT, results.result, name="result"),
    path(f"{RESULT}/fairness", results.fairness, name="fairness"),
    path(f"{RESULT}/apply", results.apply, name="apply"),
    path(f"{RESULT}/release", results.release, name="release"),
    # Companies, what is at risk in them, legal routes, and what abolished bodies left
    path("companies", companies.company_list, name="companies"),
    path("<slug:slug>/companies/register", companies.register, name="register_company"),
    path(COMPANY, companies.company, name="company"),
    path(f"{COMPANY}/edit", companies.edit, name="company_edit"),
    path(f"{COMPANY}/holdings", company_books.holdings, name="company_holdings"),
    path(f"{COMPANY}/board", company_books.board, name="company_board"),
    path(f"{COMPANY}/years", company_books.years, name="company_years"),
    path(f"{COMPANY}/plans/write", company_books.write_plan, name="write_plan"),
    path(f"{COMPANY}/plans/<int:plan_id>", company_books.plan, name="plan"),
    path(f"{COMPANY}/plans/<int:plan_id>/write", company_books.rewrite_plan, name="rewrite_plan"),
    path("<slug:slug>/exposure", exposure.register, name="exposure"),
    path("routes", routes.helper, name="routes"),
    path("<slug:slug>/routes/keep", routes.keep, name="keep_route"),
    path("<slug:slug>/routes/<int:kept_id>", routes.kept, name="route_kept"),
    path("succession", succession.abolished, name="abolished"),
    path("<slug:slug>/succession", succession.succession, name="succession"),
    # Settlement: periods, facts, statements, payments
    path("facts/<str:secret>", facts_doors.link, name="facts_link"),
    path(SETTLE, settlement.home, name="settlement"),
    path(f"{SETTLE}/keys", facts_doors.keys, name="facts_keys"),
    path(f"{SETTLE}/keys/<int:key_id>/end", facts_doors.end_key, name="end_facts_key"),
    path(f"{SETTLE}/facts/<int:facts_id>/confirm", settlement.confirm, name="confirm_facts"),
    path(f"{SETTLE}/facts/<int:facts_id>/refuse", settlement.refuse, name="refuse_facts"),
    path(f"{SETTLE}/facts/<int:facts_id>/send-back", settlement.send_back, name="send_back_facts"),
    path(f"{SETTLE}/lines/<int:line_id>/dispute", statements.dispute, name="dispute_line"),
    path(STATEMENT, statements.statement, name="statement"),
    path(f"{STATEMENT}/approve", statements.approve, name="approve_statement"),
    path(f"{STATEMENT}/invoice", statements.invoice, name="record_invoice"),
    path(f"{STATEMENT}/pay", statements.pay, name="record_payment"),
    path(f"{PERIOD}/ask", settlement.ask, name="ask_facts"),
    path(f"{PERIOD}/facts", settlement.facts, name="report_facts"),
    path(f"{PERIOD}/link", settlement.make_link, name="make_facts_link"),
    path(f"{PERIOD}/<int:round>", settlement.period, name="settlement_period"),
    path(f"{PERIOD}/<int:round>/check", settlement.check, name="check_facts"),
    path(f"{PERIOD}/<int:round>/settle", settlement.settle, name="settle_period"),
]
