#include "db/schema.h"

#include "db/guard.h"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Transaction.h>

#include <array>
#include <string>

namespace taskfold::db {

namespace {

constexpr std::array kMigrations{
    Migration{1, R"sql(
        CREATE TABLE task (
            id          INTEGER PRIMARY KEY,
            name        TEXT NOT NULL UNIQUE CHECK (name <> ''),
            kind        TEXT NOT NULL CHECK (kind IN
                ('classification', 'pair-classification', 'extraction', 'generation')),
            metric      TEXT NOT NULL CHECK (metric IN
                ('accuracy', 'macro_f1', 'slot_f1', 'exact_match', 'rouge_l', 'bleu', 'perplexity')),
            labels      TEXT NOT NULL DEFAULT '[]',
            instruction TEXT NOT NULL DEFAULT '',
            owner       TEXT NOT NULL DEFAULT '',
            traffic     REAL NOT NULL DEFAULT 0,
            margin      REAL NOT NULL DEFAULT 0.01,
            suite       TEXT NOT NULL DEFAULT '',
            deployed    REAL
        ) STRICT;
        -- One import of one split. The newest of a task and split counts.
        CREATE TABLE dataset_version (
            id         INTEGER PRIMARY KEY,
            task_id    INTEGER NOT NULL REFERENCES task (id) ON DELETE CASCADE,
            split      TEXT NOT NULL CHECK (split IN ('train', 'validation', 'test')),
            hash       TEXT NOT NULL,
            sources    TEXT NOT NULL,
            mapping    TEXT NOT NULL,
            settings   TEXT NOT NULL,
            rows_in    INTEGER NOT NULL,
            rows_kept  INTEGER NOT NULL,
            bytes_kept INTEGER NOT NULL,
            created    TEXT NOT NULL
        ) STRICT;
        CREATE INDEX dataset_version_of_task ON dataset_version (task_id, split, id);
        CREATE TABLE issue (
            id         INTEGER PRIMARY KEY,
            version_id INTEGER NOT NULL REFERENCES dataset_version (id) ON DELETE CASCADE,
            file       TEXT NOT NULL,
            line       INTEGER NOT NULL,
            field      TEXT NOT NULL,
            reason     TEXT NOT NULL,
            action     TEXT NOT NULL CHECK (action IN ('fixed', 'quarantined', 'dropped', 'masked')),
            excerpt    TEXT NOT NULL,
            detail     TEXT NOT NULL
        ) STRICT;
        CREATE INDEX issue_of_version ON issue (version_id, line);
        CREATE INDEX issue_reasons ON issue (version_id, reason, action);
        -- Training rows that lie in some task's validation or test split: made anew when tasks come or go.
        CREATE TABLE mask (
            version_id INTEGER NOT NULL REFERENCES dataset_version (id) ON DELETE CASCADE,
            line       INTEGER NOT NULL,
            twin       TEXT NOT NULL,
            PRIMARY KEY (version_id, line)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE corpus (
            id         INTEGER PRIMARY KEY,
            name       TEXT NOT NULL UNIQUE,
            domain     INTEGER NOT NULL CHECK (domain IN (0, 1)),
            hash       TEXT NOT NULL,
            held_out_hash TEXT NOT NULL,
            sources    TEXT NOT NULL,
            documents_in   INTEGER NOT NULL,
            documents_kept INTEGER NOT NULL,
            held_out   INTEGER NOT NULL,
            bytes_kept INTEGER NOT NULL,
            issues     TEXT NOT NULL,
            created    TEXT NOT NULL
        ) STRICT;
        CREATE TABLE base_model (
            id         INTEGER PRIMARY KEY,
            name       TEXT NOT NULL UNIQUE,
            path       TEXT NOT NULL,
            run_id     INTEGER,
            hash       TEXT NOT NULL,
            parameters INTEGER NOT NULL,
            bytes      INTEGER NOT NULL,
            context    INTEGER NOT NULL,
            vocabulary INTEGER NOT NULL,
            created    TEXT NOT NULL
        ) STRICT;
        CREATE TABLE token_count (
            hash   TEXT NOT NULL,
            base   TEXT NOT NULL,
            tokens INTEGER NOT NULL,
            PRIMARY KEY (hash, base)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE decision (
            id       INTEGER PRIMARY KEY,
            task_id  INTEGER NOT NULL REFERENCES task (id) ON DELETE CASCADE,
            verb     TEXT NOT NULL CHECK (verb IN ('keep', 'exclude')),
            pinned   INTEGER NOT NULL CHECK (pinned IN (0, 1)),
            made_by  TEXT NOT NULL,
            rule     TEXT NOT NULL,
            reason   TEXT NOT NULL,
            evidence TEXT NOT NULL,
            created  TEXT NOT NULL
        ) STRICT;
        CREATE INDEX decision_of_task ON decision (task_id, id);
        CREATE TABLE plan (
            id      INTEGER PRIMARY KEY,
            name    TEXT NOT NULL,
            hash    TEXT NOT NULL UNIQUE,
            body    TEXT NOT NULL,
            created TEXT NOT NULL
        ) STRICT;
        CREATE TABLE run (
            id         INTEGER PRIMARY KEY,
            plan_id    INTEGER REFERENCES plan (id),
            kind       TEXT NOT NULL CHECK (kind IN
                ('baseline', 'stage0', 'stage2', 'stage3', 'probe', 'pilot')),
            task_id    INTEGER REFERENCES task (id) ON DELETE CASCADE,
            parent_id  INTEGER REFERENCES run (id) ON DELETE SET NULL,
            seed       INTEGER NOT NULL,
            device     TEXT NOT NULL,
            threads    INTEGER NOT NULL,
            status     TEXT NOT NULL CHECK (status IN ('queued', 'running', 'pausing', 'paused', 'stopping',
                'completed', 'stopped', 'failed', 'interrupted')),
            position   INTEGER NOT NULL,
            steps      INTEGER NOT NULL DEFAULT 0,
            steps_total INTEGER NOT NULL DEFAULT 0,
            loss       REAL NOT NULL DEFAULT 0,
            tokens     INTEGER NOT NULL DEFAULT 0,
            target_tokens INTEGER NOT NULL DEFAULT 0,
            seconds    REAL NOT NULL DEFAULT 0,
            checkpoint TEXT NOT NULL DEFAULT '',
            checkpoint_hash TEXT NOT NULL DEFAULT '',
            parameters INTEGER NOT NULL DEFAULT 0,
            bytes      INTEGER NOT NULL DEFAULT 0,
            pid        INTEGER NOT NULL DEFAULT 0,
            pid_started INTEGER NOT NULL DEFAULT 0,
            note       TEXT NOT NULL DEFAULT '',
            created    TEXT NOT NULL,
            ended      TEXT NOT NULL DEFAULT ''
        ) STRICT;
        CREATE INDEX run_queue ON run (status, position);
        -- Budgets and states that became numbers when the run started.
        CREATE TABLE run_task (
            run_id     INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
            task_id    INTEGER NOT NULL REFERENCES task (id) ON DELETE CASCADE,
            phase      TEXT NOT NULL,
            best_step  INTEGER NOT NULL,
            best_epoch REAL NOT NULL,
            best       REAL NOT NULL,
            best_se    REAL NOT NULL,
            epochs     REAL NOT NULL,
            PRIMARY KEY (run_id, task_id)
        ) STRICT, WITHOUT ROWID;
        -- task_id 0: of the whole run.
        CREATE TABLE metric (
            run_id  INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
            task_id INTEGER NOT NULL,
            name    TEXT NOT NULL,
            step    INTEGER NOT NULL,
            value   REAL NOT NULL,
            PRIMARY KEY (run_id, task_id, name, step)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE affinity (
            run_id   INTEGER PRIMARY KEY REFERENCES run (id) ON DELETE CASCADE,
            signal   TEXT NOT NULL,
            body     TEXT NOT NULL,
            created  TEXT NOT NULL
        ) STRICT;
        CREATE TABLE prediction (
            run_id  INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
            task_id INTEGER NOT NULL REFERENCES task (id) ON DELETE CASCADE,
            split   TEXT NOT NULL,
            line    INTEGER NOT NULL,
            text    TEXT NOT NULL,
            invalid INTEGER NOT NULL,
            log_probability REAL NOT NULL,
            PRIMARY KEY (run_id, task_id, split, line)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE score (
            run_id    INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
            task_id   INTEGER NOT NULL REFERENCES task (id) ON DELETE CASCADE,
            split     TEXT NOT NULL,
            metric    TEXT NOT NULL,
            decode    TEXT NOT NULL CHECK (decode IN ('labels', 'greedy')),
            value     REAL NOT NULL,
            n         INTEGER NOT NULL,
            invalid   INTEGER NOT NULL,
            data_hash TEXT NOT NULL,
            PRIMARY KEY (run_id, task_id, split, metric)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE comparison (
            id        INTEGER PRIMARY KEY,
            candidate_run_id INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
            baseline  TEXT NOT NULL,
            body      TEXT NOT NULL,
            created   TEXT NOT NULL
        ) STRICT;
        CREATE TABLE setting (
            name  TEXT PRIMARY KEY,
            value TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;
    )sql"},
    Migration{2, R"sql(
        -- A version's issues lie in a file beside its rows: an import may have millions. The table issue keeps those of
        -- versions from before.
        ALTER TABLE dataset_version ADD COLUMN issues_hash TEXT NOT NULL DEFAULT '';
        CREATE TABLE issue_count (
            version_id INTEGER NOT NULL REFERENCES dataset_version (id) ON DELETE CASCADE,
            reason     TEXT NOT NULL,
            action     TEXT NOT NULL CHECK (action IN ('fixed', 'quarantined', 'dropped', 'masked')),
            count      INTEGER NOT NULL,
            PRIMARY KEY (version_id, reason, action)
        ) STRICT, WITHOUT ROWID;
        INSERT INTO issue_count SELECT version_id, reason, action, count(*) FROM issue GROUP BY version_id, reason, action;
    )sql"},
    // What was promised before test scores were read, and each time they were; two more metrics, whose names the check of the
    // task table must allow (its text alone changes, as SQLite's documentation of ALTER TABLE describes).
    Migration{3, R"sql(
        CREATE TABLE terms (
            task_id   INTEGER NOT NULL REFERENCES task (id) ON DELETE CASCADE,
            data_hash TEXT NOT NULL,
            metric    TEXT NOT NULL,
            margin    REAL NOT NULL,
            rule      TEXT NOT NULL,
            fixed     TEXT NOT NULL,
            PRIMARY KEY (task_id, data_hash)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE test_read (
            id          INTEGER PRIMARY KEY,
            run_id      INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
            task_id     INTEGER NOT NULL REFERENCES task (id) ON DELETE CASCADE,
            data_hash   TEXT NOT NULL,
            prompt_hash TEXT NOT NULL,
            row_count   INTEGER NOT NULL,
            read_at     TEXT NOT NULL
        ) STRICT;
        CREATE INDEX test_read_of_run ON test_read (run_id, task_id);
        ALTER TABLE prediction ADD COLUMN confidence REAL NOT NULL DEFAULT 0;
        PRAGMA writable_schema = ON;
        UPDATE sqlite_schema SET sql = replace(sql, '''perplexity''', '''perplexity'', ''micro_f1'', ''chrf''')
            WHERE type = 'table' AND name = 'task';
        PRAGMA writable_schema = RESET;
    )sql"},
    // A corpus' issues lie in a file, too.
    Migration{4, R"sql(
        ALTER TABLE corpus ADD COLUMN issues_hash TEXT NOT NULL DEFAULT '';
    )sql"},
};

int readVersion(SQLite::Database& database)
{
    return database.execAndGet("PRAGMA user_version").getInt();
}

void apply(SQLite::Database& database, const Migration& migration)
{
    SQLite::Transaction transaction(database, SQLite::TransactionBehavior::IMMEDIATE);
    if (readVersion(database) < migration.version) {  // else another program was faster
        database.exec(migration.sql);
        database.exec("PRAGMA user_version = " + std::to_string(migration.version));
    }
    transaction.commit();
}

}  // namespace

std::span<const Migration> migrations()
{
    return kMigrations;
}

Result<void> migrate(SQLite::Database& database)
{
    return guarded("updating the database", [&]() -> Result<void> {
        const int found = readVersion(database);
        if (found > kMigrations.back().version)
            return Error{ErrorCode::NewerDatabase, "schema " + std::to_string(found)};
        for (const Migration& migration : kMigrations) {
            if (migration.version > found)
                apply(database, migration);
        }
        return {};
    });
}

}  // namespace taskfold::db
