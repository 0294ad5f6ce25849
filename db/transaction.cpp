#include "db/transaction.h"

#include "db/guard.h"
#include "db/write.h"

namespace taskfold::db {

Result<void> inTransaction(SQLite::Database& database, const std::function<Result<void>()>& body)
{
    return guarded("saving", [&]() -> Result<void> {
        Write write(database);
        if (Result<void> done = body(); !done)
            return done;
        write.commit();
        return {};
    });
}

}  // namespace taskfold::db
