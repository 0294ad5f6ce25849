#pragma once

#include <QByteArray>

#include <zlib.h>

namespace taskfold::test {

inline QByteArray gzipped(const QByteArray& bytes)
{
    QByteArray packed(bytes.size() + 100, '\0');
    z_stream state{};
    ::deflateInit2(&state, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
    state.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    state.avail_in = static_cast<uInt>(bytes.size());
    state.next_out = reinterpret_cast<Bytef*>(packed.data());
    state.avail_out = static_cast<uInt>(packed.size());
    ::deflate(&state, Z_FINISH);
    packed.resize(static_cast<qsizetype>(state.total_out));
    ::deflateEnd(&state);
    return packed;
}

}  // namespace taskfold::test
