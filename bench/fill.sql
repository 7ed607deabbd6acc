-- Load data in the shape of a service, from bench_size, bench_person and bench_text. Run once, as the server's own
-- administrator with triggers off, on an empty database. Rows are written in the order in which they would have come.

SELECT setseed(0.42);

INSERT INTO accounts_team (name, is_active) VALUES ('Norfolk', true), ('Suffolk', true);

CREATE TABLE bench_staff AS
SELECT n, gen_random_uuid() AS id, n <= s.workers AS is_worker,
       (SELECT id FROM accounts_team WHERE name = CASE WHEN n % 2 = 0 THEN 'Norfolk' ELSE 'Suffolk' END) AS team_id
FROM bench_size s, generate_series(1, s.workers + 2) n;

INSERT INTO accounts_user (id, password, role, sign_in_name, name, email, may_recover_by_email, is_active, language, is_demo, created_at)
SELECT id, '!', CASE WHEN is_worker THEN 'caseworker' ELSE 'manager' END, 'worker' || n || '@nsvcs.example',
       'Worker Number' || n, '', false, true, 'en-gb', false, now() - interval '3 years'
FROM bench_staff;

INSERT INTO accounts_staffprofile (user_id, team_id, weekly_hours, is_on_duty)
SELECT id, team_id, 37, is_worker AND n <= 2 FROM bench_staff;

INSERT INTO mfa_authenticator (type, data, user_id, created_at)
SELECT 'totp', '{}', id, now() FROM bench_staff;

-- Every second person has a portal account.
INSERT INTO accounts_user (id, password, role, sign_in_name, name, email, may_recover_by_email, is_active, language, is_demo, created_at)
SELECT user_id, '!', 'victim', 'amber-kettle-' || number, '', '', false, true, 'en-gb', false, now() - interval '1 year'
FROM bench_person WHERE number % 2 = 0;

INSERT INTO cases_victim (id, user_id, first_name, last_name, known_as, pronouns, preferred_term, born_on, address, phone, email,
    language, needs_interpreter, surname_codes, first_codes, phone_keys, version, created_at)
SELECT id, CASE WHEN number % 2 = 0 THEN user_id END, first_name, last_name, '', '', '', born_on, '\x00', phone, '',
       'en', false, surname_codes, first_codes, phone_keys, 1, now() - interval '2 years'
FROM bench_person;

INSERT INTO cases_safecontact (id, victim_id, version, is_unsafe, may_phone, may_text, may_email, may_post, phone, email,
    weekdays, voicemail, may_withhold_number, has_shared_device, safe_name, caller_name, code_word, her_code_word,
    safe_person, other_rules, safe_because, confirmed_on, recorded_by, recorded_at)
SELECT gen_random_uuid(), p.id, v, false, true, v = 2, false, false, p.phone, '', '{0,1,2,3,4}', 'never', false, false,
       left(p.first_name, 4), '', '', '', '\x00', '\x00', '\x00', current_date - 30, s.id, now() - interval '30 days'
FROM bench_person p CROSS JOIN generate_series(1, 2) v JOIN bench_staff s ON s.n = 1 WHERE v = 1 OR p.number % 3 = 0;

-- Cases: most are old and closed; each worker holds about forty; a few wait for somebody.
CREATE TABLE bench_case AS
WITH shape AS (
    SELECT s.*, s.cases - s.workers * 40 - s.waiting AS closed FROM bench_size s
), numbered AS (
    SELECT i, s.*, CASE
        WHEN i <= s.closed THEN now() - (150 + 3500 * (1 - i::float8 / s.closed)) * interval '1 day'
        WHEN i <= s.cases - s.waiting THEN now() - (1 + 300 * random()) * interval '1 day'
        ELSE now() - random() * interval '3 days' END AS received_at
    FROM shape s, generate_series(1, s.cases) i
)
SELECT n.i, uuidv7(n.received_at - now()) AS id, p.id AS victim_id, p.user_id, p.number % 2 = 0 AS has_portal, n.received_at,
       n.i > n.closed AS is_open, n.i > n.cases - n.waiting AS is_waiting,
       least(n.received_at + (60 + 90 * random()) * interval '1 day', now() - interval '1 hour') AS closed_at,
       w.id AS worker_id, w.team_id, random() AS luck
FROM numbered n
JOIN bench_person p ON p.number = 1 + (n.i - 1) % n.people
JOIN bench_staff w ON w.n = 1 + n.i % n.workers;
CREATE INDEX ON bench_case (i);
ANALYZE bench_case;

INSERT INTO cases_case (id, reference, victim_id, team_id, status, is_high_priority, is_restricted, received_at, first_contacted_at,
    first_contact_due_on, is_portal_open, portal_label, police_force, crime_reference, closed_on, closure_reason, version, created_at)
SELECT id, 'NSV-' || extract(year FROM received_at) || '-' || lpad(i::text, 6, '0'), victim_id, team_id,
       CASE WHEN NOT is_open THEN 'closed' WHEN is_waiting THEN 'referred'
            ELSE (ARRAY['triaged', 'contact_attempts', 'needs_assessed', 'plan_open', 'plan_open', 'plan_open', 'review', 'closing'])[1 + floor(8 * luck)] END,
       luck < 0.1, false, received_at, CASE WHEN NOT is_waiting AND luck > 0.05 THEN received_at + interval '1 day' END,
       (received_at + interval '2 days')::date, has_portal AND (is_open OR i % 2 = 0), '', 'Norfolk Constabulary', '36/' || i,
       CASE WHEN NOT is_open THEN closed_at::date END, CASE WHEN is_open THEN '' ELSE 'needs_met' END, 1, received_at
FROM bench_case ORDER BY received_at;

INSERT INTO cases_allocation (id, case_id, worker_id, role, starts_at, ends_at, allocated_by)
SELECT uuidv7(received_at - now()), id, worker_id, 'primary', received_at, CASE WHEN NOT is_open THEN closed_at END, NULL
FROM bench_case WHERE NOT is_waiting ORDER BY received_at;

INSERT INTO cases_allocation (id, case_id, worker_id, role, starts_at, ends_at, allocated_by)
SELECT gen_random_uuid(), c.id, w.id, 'cover', now() - interval '2 days', now() + interval '5 days', NULL
FROM bench_case c JOIN bench_size s ON true JOIN bench_staff w ON w.n = 1 + (c.i + 1) % s.workers
WHERE c.is_open AND NOT c.is_waiting AND c.i % 20 = 0;

CREATE TABLE bench_perpetrator AS SELECT id AS case_id, gen_random_uuid() AS id, gen_random_uuid() AS link_id FROM bench_case;
INSERT INTO cases_perpetrator (id, name, version, created_at)
SELECT id, '\x00' || convert_to('Invented Person', 'UTF8'), 1, now() FROM bench_perpetrator;
INSERT INTO cases_caseperpetrator (id, case_id, perpetrator_id, relationship, portal_label, version)
SELECT link_id, case_id, id, 'ex_partner', 'D', 1 FROM bench_perpetrator;
INSERT INTO cases_perpetratorfacts (place_id, case_id, legal_status, description, version)
SELECT link_id, case_id, 'alleged', '\x00', 1 FROM bench_perpetrator;

INSERT INTO cases_inboundreferral (id, case_id, source, referrer, summary, received_at, recorded_by)
SELECT gen_random_uuid(), c.id, 'police', '\x00', t.body, c.received_at, c.worker_id
FROM bench_case c JOIN bench_text t ON t.n = c.i % 100;

INSERT INTO cases_professional (id, case_id, kind, name, organisation, phone, email, is_current, version)
SELECT gen_random_uuid(), id, 'officer', 'Officer Number' || i, 'Norfolk Constabulary', '01632 960' || lpad((i % 1000)::text, 3, '0'), '', true, 1
FROM bench_case WHERE i % 3 = 0;

INSERT INTO cases_statuschange (id, case_id, from_status, to_status, reason, by_id, at)
SELECT gen_random_uuid(), c.id, 'referred', 'triaged', '\x00', c.worker_id, c.received_at + k * interval '3 days'
FROM bench_case c, generate_series(1, 4) k WHERE NOT c.is_waiting;

INSERT INTO cases_contact (id, case_id, is_from_victim, channel, outcome, with_whom, at, minutes, text, content_class, by_id, recorded_at)
SELECT uuidv7(m.at - now()), m.id, m.k % 4 = 0, 'phone', CASE WHEN m.k % 3 = 0 THEN 'no_answer' ELSE 'spoke' END, '', m.at, 20,
       t.body, 'advocacy', m.worker_id, m.at
FROM (SELECT c.*, k, c.received_at + (c.closed_at - c.received_at) * random() AS at
      FROM bench_case c, generate_series(1, 8) k WHERE NOT c.is_waiting) m
JOIN bench_text t ON t.n = (m.i + m.k) % 100 ORDER BY m.at;

INSERT INTO cases_note (id, case_id, text, content_class, language, by_id, at)
SELECT uuidv7(m.at - now()), m.id, t.body, 'safety', 'en', m.worker_id, m.at
FROM (SELECT c.*, k, c.received_at + (c.closed_at - c.received_at) * random() AS at
      FROM bench_case c, generate_series(1, 4) k WHERE NOT c.is_waiting) m
JOIN bench_text t ON t.n = (m.i + 7 * m.k) % 100 ORDER BY m.at;

-- Finished tasks, and for open cases three that are due between four days ago and eight days from now.
INSERT INTO cases_task (id, case_id, kind, title, due_on, assigned_to_id, key, created_by, created_at, done_at, done_by_id)
SELECT uuidv7(received_at + k * interval '5 days' - now()), id, 'by_hand', '\x00' || convert_to('Ring the officer', 'UTF8'),
       (received_at + k * interval '7 days')::date, worker_id, NULL, NULL, received_at + k * interval '5 days',
       least(received_at + k * interval '7 days', now()), worker_id
FROM bench_case, generate_series(1, 4) k WHERE NOT is_waiting;
INSERT INTO cases_task (id, case_id, kind, title, due_on, assigned_to_id, key, created_by, created_at)
SELECT gen_random_uuid(), id, 'by_hand', '\x00' || convert_to('Ask about the lock', 'UTF8'), current_date - 4 + floor(random() * 60)::int,
       CASE WHEN NOT is_waiting THEN worker_id END, NULL, NULL, now() - interval '6 days'
FROM bench_case, generate_series(1, 3) k WHERE is_open;

-- The log: most are short, some very long.
CREATE TABLE bench_entry AS
WITH lengths AS (
    SELECT c.*, CASE WHEN c.i % 500 = 0 THEN 400 ELSE round(-ln(1 - random()) * (s.incidents::float8 / s.cases - 0.8))::int END AS length
    FROM bench_case c, bench_size s
), told AS (
    SELECT l.id AS case_id, l.i, l.victim_id, l.user_id, l.has_portal, l.worker_id, l.is_open, k,
           l.received_at + (CASE WHEN l.is_open THEN now() ELSE l.closed_at END - l.received_at) * random() AS recorded_at
    FROM lengths l, generate_series(1, l.length) k
)
SELECT t.*, uuidv7(t.recorded_at - now()) AS id, t.recorded_at - random() * interval '9 days' AS occurred_at,
       row_number() OVER (PARTITION BY t.victim_id ORDER BY t.recorded_at) AS number, row_number() OVER (ORDER BY t.recorded_at) AS n
FROM told t;
ANALYZE bench_entry;

INSERT INTO logs_incident (id, case_id, victim_id, number, case_perpetrator_id, occurred_on, occurred_time, precision, when_words, zone,
    occurred_at, place, what_happened, evidence_words, police_contacted, police_response, police_reference, impact, changes_made,
    impact_on_others, behaviours, never_disclose, source, helped_by, language, recorded_by_id, recorded_at, digest)
SELECT e.id, e.case_id, e.victim_id, e.number, p.link_id, e.occurred_at::date, date_trunc('second', e.occurred_at)::time, 'about', '\x00', 'Europe/London',
       e.occurred_at, '\x00' || convert_to((ARRAY['At home', 'Outside work', 'Online', 'School gate'])[1 + e.n % 4], 'UTF8'), t.body, '\x00',
       'yes', '\x00', '\x00', CASE WHEN e.n % 2 = 0 THEN u.body ELSE '\x00' END, '\x00', '\x00', ARRAY['FOLLOWING', 'CALLS'], '{}',
       CASE WHEN e.has_portal THEN 'portal' ELSE 'on_behalf' END, '', 'en', CASE WHEN e.has_portal THEN e.user_id ELSE e.worker_id END,
       e.recorded_at, encode(sha256(e.id::text::bytea), 'hex')
FROM bench_entry e JOIN bench_perpetrator p ON p.case_id = e.case_id
JOIN bench_text t ON t.n = e.n % 100 JOIN bench_text u ON u.n = (e.n * 7) % 100
ORDER BY e.recorded_at;

-- Read within days; of open cases what came lately is still unread.
INSERT INTO logs_incidentseen (id, incident_id, case_id, by_id, at)
SELECT uuidv7(recorded_at - now()), id, case_id, worker_id, recorded_at
FROM bench_entry WHERE NOT is_open OR (recorded_at < now() - interval '4 days' AND n % 200 > 0) ORDER BY recorded_at;

INSERT INTO logs_amendment (id, incident_id, case_id, kind, text, language, source, recorded_by_id, recorded_at, digest)
SELECT gen_random_uuid(), e.id, e.case_id, CASE WHEN e.n % 200 = 0 THEN 'withdrawal' ELSE 'addition' END, t.body, 'en', 'on_behalf', e.worker_id,
       e.recorded_at, repeat('0', 64)
FROM bench_entry e JOIN bench_text t ON t.n = (e.n * 3) % 100 WHERE e.n % 20 = 0;

CREATE TABLE bench_evidence AS
SELECT e.id AS incident_id, e.case_id, e.worker_id, e.recorded_at, uuidv7(e.recorded_at - now()) AS id,
       row_number() OVER (PARTITION BY e.case_id ORDER BY e.recorded_at) AS exhibit_number
FROM bench_entry e WHERE e.n % 3 = 0;

INSERT INTO logs_evidence (id, case_id, incident_id, exhibit_number, storage_name, size_bytes, sha256, media_type, file_label, description,
    taken_words, source, uploaded_by_id, arrived_at)
SELECT id, case_id, incident_id, exhibit_number, 'bench/' || id, 500000, encode(sha256(id::text::bytea), 'hex'), 'image/jpeg', '\x00', '\x00',
       '\x00', 'portal', worker_id, recorded_at FROM bench_evidence ORDER BY recorded_at;

INSERT INTO logs_rendition (id, evidence_id, case_id, kind, recipe, number, original_sha256, state, error_code, notes, storage_name, media_type, size_bytes, sha256,
    width, height, page_count, pictured, details, made_at)
SELECT gen_random_uuid(), id, case_id, kind, 'bench', 1, repeat('0', 64), 'ok', '', '[]', 'bench/' || kind || id, 'image/jpeg', 90000, repeat('0', 64), 1200, 900, 0, '[]', '{}', recorded_at
FROM bench_evidence, (VALUES ('page'), ('thumbnail')) v (kind);

INSERT INTO logs_custodyevent (id, evidence_id, case_id, kind, by_id, by_role, sha256, at)
SELECT gen_random_uuid(), id, case_id, kind, worker_id, 'caseworker', repeat('0', 64), recorded_at
FROM bench_evidence, (VALUES ('arrived'), ('copied')) v (kind);

-- The trail: what was looked at, half of it on open cases' files; a tenth are lists of 25 cases.
INSERT INTO audit_event (at, actor_id, actor_role, action, target_type, target_id, case_ids, stream, place, detail)
SELECT t.at, t.worker_id, 'caseworker', (ARRAY['case.opened', 'entry.listed', 'entry.opened', 'contact.recorded'])[1 + t.k % 4], 'cases.case',
       t.id::text, ARRAY[t.id], 'case:' || t.id, 'staff', '{"page": "cases:detail"}'
FROM (SELECT c.id, c.worker_id, k, c.received_at + (c.closed_at - c.received_at) * random() AS at
      FROM bench_case c, bench_size s, generate_series(1, (s.events * 0.9 / s.cases)::int) k) t
ORDER BY t.at;

INSERT INTO audit_event (at, actor_id, actor_role, action, target_type, target_id, case_ids, stream, place, detail)
SELECT now() - random() * interval '3 years', w.id, 'caseworker', 'case.listed', '', '', l.ids, 'user:' || w.id, 'staff', '{"page": "cases:list"}'
FROM bench_size s JOIN bench_staff w ON w.is_worker
CROSS JOIN LATERAL (SELECT array_agg(id) AS ids FROM (SELECT id FROM bench_case WHERE worker_id = w.id ORDER BY i DESC LIMIT 25) c) l
CROSS JOIN generate_series(1, (s.events * 0.1 / s.workers)::int);

DROP TABLE bench_size, bench_person, bench_text, bench_staff, bench_case, bench_perpetrator, bench_entry, bench_evidence;
