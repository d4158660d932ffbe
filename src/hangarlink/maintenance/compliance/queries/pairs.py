"""Which directive concerns which object, and how it stands there: one statement, whatever is asked of it.

The state is `rules.standing` as SQL; tests keep the two in agreement. Row-level security keeps to the account. Aircraft
and components are looked up apart, each by its own index: a join over "the one or the other" compares all with all.
"""

# Parameters that narrow, each NULL for all: directive, aircraft (with the components on them), components.
# Components on each aircraft now, through whatever they are installed on; then every object a directive names, and
# every object it was decided for, also when it names it no longer.
_PAIRS = """
WITH RECURSIVE on_board (component_id, aircraft_id) AS (
  SELECT p.component_id, p.aircraft_id FROM placement p
  WHERE p.until IS NULL AND p.superseded_at IS NULL AND p.aircraft_id IS NOT NULL
  UNION ALL
  SELECT p.component_id, o.aircraft_id FROM placement p JOIN on_board o ON o.component_id = p.parent_id
  WHERE p.until IS NULL AND p.superseded_at IS NULL
), pair AS MATERIALIZED (
  SELECT p.directive_id, a.id AS aircraft_id, NULL::uuid AS component_id, a.id AS on_aircraft, a.serial_number,
         a.registration AS object_name, '' AS part_number, m.name AS product, true AS is_named, p.effectivity
  FROM directive_product p
  JOIN aircraft a ON a.aircraft_model_id = p.aircraft_model_id
  JOIN aircraft_model m ON m.id = p.aircraft_model_id
  WHERE (%(directive)s::uuid IS NULL OR p.directive_id = %(directive)s)
    AND (%(aircraft)s::uuid[] IS NULL OR a.id = ANY(%(aircraft)s)) AND %(components)s::uuid[] IS NULL
  UNION ALL
  SELECT * FROM (
    SELECT DISTINCT ON (p.directive_id, c.id)
           p.directive_id, NULL::uuid, c.id, o.aircraft_id, s.serial_number, c.name, i.part_number, '', true,
           p.effectivity
    FROM directive_product p
    JOIN item i ON upper(i.part_number) = upper(p.part_number)
    JOIN serialised_item s ON s.item_id = i.id
    JOIN component c ON c.serialised_item_id = s.id
    LEFT JOIN on_board o ON o.component_id = c.id
    WHERE p.part_number <> '' AND (%(directive)s::uuid IS NULL OR p.directive_id = %(directive)s)
      AND (%(aircraft)s::uuid[] IS NULL OR o.aircraft_id = ANY(%(aircraft)s))
      AND (%(components)s::uuid[] IS NULL OR c.id = ANY(%(components)s))
    ORDER BY p.directive_id, c.id, p.effectivity::text
  ) of_parts
  UNION ALL
  SELECT k.directive_id, k.aircraft_id, NULL, k.aircraft_id, a.serial_number, a.registration, '', m.name, false, '{}'
  FROM directive_decision k
  JOIN aircraft a ON a.id = k.aircraft_id
  JOIN aircraft_model m ON m.id = a.aircraft_model_id
  WHERE k.superseded_at IS NULL AND (%(directive)s::uuid IS NULL OR k.directive_id = %(directive)s)
    AND (%(aircraft)s::uuid[] IS NULL OR k.aircraft_id = ANY(%(aircraft)s)) AND %(components)s::uuid[] IS NULL
    AND NOT EXISTS (SELECT FROM directive_product p
                    WHERE p.directive_id = k.directive_id AND p.aircraft_model_id = a.aircraft_model_id)
  UNION ALL
  SELECT k.directive_id, NULL, k.component_id, o.aircraft_id, coalesce(s.serial_number, ''), c.name,
         coalesce(i.part_number, ''), '', false, '{}'
  FROM directive_decision k
  JOIN component c ON c.id = k.component_id
  LEFT JOIN serialised_item s ON s.id = c.serialised_item_id
  LEFT JOIN item i ON i.id = s.item_id
  LEFT JOIN on_board o ON o.component_id = c.id
  WHERE k.superseded_at IS NULL AND (%(directive)s::uuid IS NULL OR k.directive_id = %(directive)s)
    AND (%(aircraft)s::uuid[] IS NULL OR o.aircraft_id = ANY(%(aircraft)s))
    AND (%(components)s::uuid[] IS NULL OR k.component_id = ANY(%(components)s))
    AND NOT EXISTS (SELECT FROM directive_product p
                    WHERE p.directive_id = k.directive_id AND upper(p.part_number) = upper(i.part_number))
)
"""

# What decides how it stands (rules.standing.Facts). Limits of an AMOC take the place of its paragraphs' limits.
_FACTS = """, facts AS (
  SELECT q.*, d.kind, d.issuer, d.number, d.mandatory_class, d.carried, d.superseded_by_id, d.is_example,
         r.subject, r.label AS revision_label, r.effective_on, r.ata, r.source,
         coalesce(k.id, n.id) AS decision_id, coalesce(k.verdict, n.verdict) AS verdict,
         kr.number AS decided_revision, coalesce(k.serial_number, n.serial_number) AS judged,
         coalesce(w.paragraphs, 0) AS paragraphs, coalesce(w.undone, 0) AS undone,
         coalesce(w.running, 0) AS running, coalesce(w.uncovered, 0) AS uncovered,
         coalesce(x.amocs, 0) AS amocs, coalesce(x.lapsed, 0) AS lapsed
  FROM pair q
  JOIN directive d ON d.id = q.directive_id AND d.cancelled_at IS NULL
  JOIN directive_revision r ON r.directive_id = d.id AND r.number = d.current
  LEFT JOIN directive_decision k
    ON k.directive_id = q.directive_id AND k.aircraft_id = q.aircraft_id AND k.superseded_at IS NULL
  LEFT JOIN directive_decision n
    ON n.directive_id = q.directive_id AND n.component_id = q.component_id AND n.superseded_at IS NULL
  LEFT JOIN directive_revision kr ON kr.id = coalesce(k.revision_id, n.revision_id)
  LEFT JOIN LATERAL (
    SELECT count(*) FILTER (WHERE valid_until IS NULL OR valid_until >= %(today)s) AS amocs,
           count(*) FILTER (WHERE valid_until < %(today)s) AS lapsed
    FROM directive_amoc x WHERE x.directive_id = q.directive_id AND x.withdrawn_at IS NULL
    AND (x.aircraft_id = q.aircraft_id OR x.component_id = q.component_id)
  ) x ON coalesce(k.verdict, n.verdict) = 'applicable'
  LEFT JOIN LATERAL (
    SELECT count(*) AS paragraphs, count(*) FILTER (WHERE coalesce(t.done, u.done, 0) = 0) AS undone,
           count(*) FILTER (WHERE NOT coalesce(t.ended, u.ended, false)) AS running,
           count(*) FILTER (WHERE coalesce(t.id, u.id) IS NULL
                            OR coalesce(t.closed_at, u.closed_at) IS NOT NULL) AS uncovered
    FROM directive_paragraph g
    LEFT JOIN LATERAL (
      SELECT y.requirement_id FROM directive_amoc y WHERE y.directive_id = q.directive_id AND y.withdrawn_at IS NULL
      AND y.requirement_id IS NOT NULL AND y.paragraphs @> to_jsonb(g.id::text)
      AND (y.aircraft_id = q.aircraft_id OR y.component_id = q.component_id)
      ORDER BY y.recorded_at DESC LIMIT 1
    ) z ON true
    LEFT JOIN due_item t ON t.requirement_id = coalesce(z.requirement_id, g.requirement_id)
      AND t.aircraft_id = q.aircraft_id AND t.component_id IS NULL
    LEFT JOIN due_item u ON u.requirement_id = coalesce(z.requirement_id, g.requirement_id)
      AND u.component_id = q.component_id
    WHERE g.directive_id = q.directive_id AND g.retired_at IS NULL AND g.kind = 'action'
    AND coalesce(k.paragraphs, n.paragraphs) @> to_jsonb(g.id::text)
  ) w ON coalesce(k.verdict, n.verdict) = 'applicable'
), stood AS (
  SELECT f.*, CASE
    WHEN superseded_by_id IS NOT NULL AND coalesce(verdict, '') <> 'applicable' THEN 'superseded'
    WHEN decision_id IS NULL THEN 'not_assessed'
    WHEN superseded_by_id IS NULL AND (judged <> serial_number OR decided_revision < carried
      OR (verdict = 'applicable' AND (lapsed > 0 OR uncovered > 0))) THEN 'not_assessed'
    WHEN verdict <> 'applicable' THEN verdict
    WHEN amocs > 0 THEN 'amoc'
    WHEN paragraphs = 0 OR undone > 0 THEN 'open'
    WHEN running = 0 THEN 'complied_once'
    ELSE 'repetitive' END AS state
  FROM facts f
)
"""
FACTS = _PAIRS + _FACTS
