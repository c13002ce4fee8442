"""What a schema holds, line by line and without its own name, so that two counties can be compared."""

from .definition import asked

# Each part gives where and what. Whatever may stand in a schema has a part, also what the house does not use.
PARTS = {
    "relation": """
        SELECT c.relname, concat_ws(' ', c.relkind, c.relpersistence, c.relrowsecurity, c.reloptions::text, m.amname,
               obj_description(c.oid, 'pg_class'), CASE WHEN c.relkind IN ('v', 'm') THEN pg_get_viewdef(c.oid) END)
        FROM pg_class c LEFT JOIN pg_am m ON m.oid = c.relam
        WHERE c.relnamespace = current_schema()::regnamespace""",
    "column": """
        SELECT c.relname || '.' || a.attname, concat_ws(' ', format_type(a.atttypid, a.atttypmod), a.attnotnull,
               a.attidentity, a.attgenerated, a.attstorage, l.collname, pg_get_expr(d.adbin, d.adrelid),
               row_number() OVER (PARTITION BY c.oid ORDER BY a.attnum), col_description(c.oid, a.attnum))
        FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        LEFT JOIN pg_collation l ON l.oid = a.attcollation
        LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
        WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'c')""",
    "constraint": """
        SELECT c.relname || '.' || r.conname, concat_ws(' ', pg_get_constraintdef(r.oid), r.convalidated)
        FROM pg_constraint r LEFT JOIN pg_class c ON c.oid = r.conrelid
        WHERE r.connamespace = current_schema()::regnamespace""",
    "index": """
        SELECT c.relname, concat_ws(' ', pg_get_indexdef(i.indexrelid, 0, true), i.indisvalid, i.indisprimary,
               i.indisreplident, i.indisclustered)
        FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
        WHERE c.relnamespace = current_schema()::regnamespace""",
    "sequence": """
        SELECT c.relname, concat_ws(' ', format_type(s.seqtypid, NULL), s.seqstart, s.seqincrement, s.seqmin, s.seqmax,
               s.seqcache, s.seqcycle, p.deptype, p.refobjid::regclass, p.refobjsubid)
        FROM pg_class c JOIN pg_sequence s ON s.seqrelid = c.oid
        LEFT JOIN pg_depend p ON p.objid = c.oid AND p.classid = 'pg_class'::regclass
             AND p.refclassid = 'pg_class'::regclass AND p.deptype IN ('a', 'i')
        WHERE c.relnamespace = current_schema()::regnamespace""",
    "privilege": """
        SELECT c.relname, concat_ws(' ', CASE x.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(x.grantee) END,
               x.privilege_type, x.is_grantable)
        FROM pg_class c,
             aclexplode(coalesce(c.relacl,
                 acldefault(CASE c.relkind WHEN 'S' THEN 's' ELSE 'r' END::"char", c.relowner))) x
        WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f')
          AND pg_get_userbyid(x.grantee) !~ '^weimin_county_[0-9]{6}$'
        UNION ALL
        SELECT '', concat_ws(' ', CASE x.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(x.grantee) END,
               x.privilege_type, x.is_grantable)
        FROM pg_namespace n, aclexplode(coalesce(n.nspacl, acldefault('n', n.nspowner))) x
        WHERE n.oid = current_schema()::regnamespace
          AND pg_get_userbyid(x.grantee) !~ '^weimin_county_[0-9]{6}$'""",
    "trigger": """
        SELECT c.relname || '.' || t.tgname, concat_ws(' ', pg_get_triggerdef(t.oid, true), t.tgenabled)
        FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
        WHERE c.relnamespace = current_schema()::regnamespace AND NOT t.tgisinternal""",
    "function": """
        SELECT p.proname, md5(concat_ws(' ', pg_get_function_identity_arguments(p.oid), p.prosrc, p.prokind))
        FROM pg_proc p WHERE p.pronamespace = current_schema()::regnamespace""",
    "type": """
        SELECT t.typname, t.typtype::text FROM pg_type t
        WHERE t.typnamespace = current_schema()::regnamespace AND t.typtype IN ('d', 'e', 'r', 'm')""",
    "policy": """
        SELECT c.relname || '.' || y.polname, concat_ws(' ', y.polcmd, y.polpermissive,
               pg_get_expr(y.polqual, y.polrelid), pg_get_expr(y.polwithcheck, y.polrelid))
        FROM pg_policy y JOIN pg_class c ON c.oid = y.polrelid
        WHERE c.relnamespace = current_schema()::regnamespace""",
}

Line = tuple[str, str, str]


def catalog_of_chosen() -> set[Line]:
    """Every relation, column, constraint, index, sequence, right, trigger, ... of the chosen county."""
    return {(kind, where or "", what) for kind, question in PARTS.items() for where, what in asked(question)}


def differences(one: set[Line], other: set[Line]) -> list[str]:
    """What one has and the other has not, as sentences; none if they are alike."""
    return [
        *(f"only the first has {kind} {where}: {what}" for kind, where, what in sorted(one - other)),
        *(f"only the second has {kind} {where}: {what}" for kind, where, what in sorted(other - one)),
    ]
