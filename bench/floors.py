"""The floor under each page: the rows it shows, fetched by hand in one go, and nobody asked who may see them."""

_CASE_ROW = """
SELECT k.reference, k.status, k.received_at, v.first_name, t.name, w.name,
       (SELECT s.safe_name FROM cases_safecontact s WHERE s.victim_id = v.id ORDER BY s.version DESC LIMIT 1),
       (SELECT max(c.at) FROM cases_contact c WHERE c.case_id = k.id),
       (SELECT count(*) FROM cases_task x WHERE x.case_id = k.id AND x.done_at IS NULL)
FROM cases_allocation a JOIN cases_case k ON k.id = a.case_id JOIN cases_victim v ON v.id = k.victim_id
JOIN accounts_team t ON t.id = k.team_id JOIN accounts_user w ON w.id = a.worker_id
"""
_MINE = "WHERE a.worker_id = %(user)s AND a.ends_at IS NULL AND k.closed_on IS NULL"
_ENTRIES = "SELECT i.*, (SELECT count(*) FROM logs_evidence e WHERE e.incident_id = i.id) FROM logs_incident i"
_MOMENTS = """
SELECT id, at FROM cases_contact WHERE case_id = %(case)s
UNION ALL SELECT id, at FROM cases_note WHERE case_id = %(case)s
UNION ALL SELECT id, created_at FROM cases_task WHERE case_id = %(case)s
UNION ALL SELECT id, at FROM cases_statuschange WHERE case_id = %(case)s
UNION ALL SELECT id, recorded_at FROM logs_incident WHERE case_id = %(case)s ORDER BY 2 DESC LIMIT 25
"""

FLOORS: dict[str, str] = {
    "case list": f"{_CASE_ROW} {_MINE} ORDER BY k.received_at DESC LIMIT 25",
    "case list, filtered and sorted": f"{_CASE_ROW} {_MINE} AND k.status = 'plan_open' ORDER BY 8 DESC LIMIT 25",
    "case list of a manager": f"{_CASE_ROW} WHERE k.team_id = %(team)s AND a.ends_at IS NULL"
    " ORDER BY k.received_at DESC LIMIT 25",
    "case list, unread, of a manager": f"{_CASE_ROW} WHERE k.team_id = %(team)s AND a.ends_at IS NULL"
    " AND EXISTS (SELECT 1 FROM logs_incident i LEFT JOIN logs_incidentseen n ON n.incident_id = i.id"
    " WHERE i.case_id = k.id AND n.id IS NULL)"
    " ORDER BY k.received_at DESC LIMIT 25",
    "find a case": "SELECT k.reference, v.* FROM cases_victim v JOIN cases_case k ON k.victim_id = v.id"
    " JOIN cases_allocation a ON a.case_id = k.id AND a.ends_at IS NULL"
    " WHERE a.worker_id = %(user)s AND v.last_name = %(last)s LIMIT 20",
    "find a person before making a file": "SELECT * FROM cases_victim v WHERE v.last_name = %(last)s AND v.id IN"
    " (SELECT k.victim_id FROM cases_case k JOIN cases_allocation a ON a.case_id = k.id WHERE a.worker_id = %(user)s)",
    "my work": "SELECT t.*, k.reference FROM cases_task t JOIN cases_case k ON k.id = t.case_id"
    " WHERE t.assigned_to_id = %(user)s AND t.done_at IS NULL ORDER BY t.due_on LIMIT 150",
    "case page": f"{_CASE_ROW} WHERE k.id = %(case)s",
    "case log": f"{_ENTRIES} WHERE i.case_id = %(case)s ORDER BY i.occurred_at DESC LIMIT 25",
    "entry page": f"{_ENTRIES} WHERE i.id = %(entry)s",
    "timeline": _MOMENTS,
    "portal home": f"{_ENTRIES} WHERE i.victim_id = %(victim)s ORDER BY i.occurred_at DESC LIMIT 3",
    "portal list": f"{_ENTRIES} WHERE i.victim_id = %(victim)s ORDER BY i.occurred_at DESC LIMIT 25",
    "portal: who has seen": "SELECT e.at::date, e.actor_role, count(*) FROM audit_event e"
    " WHERE e.stream = %(stream)s GROUP BY 1, 2",
    "saving an entry": "INSERT INTO logs_draft (id, user_id, content, revision, created_at, updated_at)"
    " VALUES (gen_random_uuid(), %(her)s, '\\x00', 1, now(), now())",
    "caseload report": "SELECT a.worker_id, k.status, count(*) FROM cases_case k"
    " JOIN cases_allocation a ON a.case_id = k.id WHERE k.team_id = %(team)s AND k.closed_on IS NULL"
    " AND a.ends_at IS NULL GROUP BY 1, 2",
}
