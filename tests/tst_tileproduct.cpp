#include "engine/core/processor.h"
#include "engine/core/random.h"
#include "engine/model/tileproduct.h"

#include <QTest>

#include <cmath>
#include <cstring>
#include <limits>
#include <vector>

using namespace taskfold;
using model::kernels::Bf16;
namespace tiles = model::tiles;

namespace {

float real(Bf16 x)
{
    const std::uint32_t bits = static_cast<std::uint32_t>(x.bits) << 16;
    float value = 0;
    std::memcpy(&value, &bits, sizeof value);
    return value;
}

Bf16 rounded(float x)
{
    std::uint32_t bits = 0;
    std::memcpy(&bits, &x, sizeof bits);
    return {static_cast<std::uint16_t>((bits + 0x7FFFU + ((bits >> 16) & 1U)) >> 16)};
}

// Rows of memory with something else after each: it must be neither read nor written.
struct Matrix {
    std::int64_t rows, columns, stride;
    std::vector<Bf16> data;

    Matrix(std::int64_t r, std::int64_t c, std::int64_t rest)
        : rows(r), columns(c), stride(c + rest), data(static_cast<std::size_t>(r * stride), rounded(std::numeric_limits<float>::quiet_NaN()))
    {
    }
    Matrix(std::int64_t r, std::int64_t c, std::int64_t rest, Random& random)
        : Matrix(r, c, rest)
    {
        for (std::int64_t i = 0; i < rows; ++i)
            for (std::int64_t j = 0; j < columns; ++j)
                at(i, j) = rounded(static_cast<float>(random.uniform() * 2 - 1));
    }
    Bf16& at(std::int64_t i, std::int64_t j) { return data[static_cast<std::size_t>(i * stride + j)]; }
    double value(std::int64_t i, std::int64_t j) const { return static_cast<double>(real(data[static_cast<std::size_t>(i * stride + j)])); }
    tiles::In in() const { return {data.data(), stride}; }
    tiles::Out out() { return {data.data(), stride}; }
    Matrix transposed(std::int64_t rest) const
    {
        Matrix made(columns, rows, rest);
        for (std::int64_t i = 0; i < rows; ++i)
            for (std::int64_t j = 0; j < columns; ++j)
                made.at(j, i) = data[static_cast<std::size_t>(i * stride + j)];
        return made;
    }
    bool restIsUntouched() const
    {
        for (std::int64_t i = 0; i < rows; ++i)
            for (std::int64_t j = columns; j < stride; ++j)
                if (!std::isnan(real(data[static_cast<std::size_t>(i * stride + j)])))
                    return false;
        return true;
    }
};

std::vector<Bf16> packed(const tiles::Left& left)
{
    // What isn't written must not matter.
    std::vector<Bf16> made(
        static_cast<std::size_t>(tiles::padded(left.rows) * tiles::padded(left.inner)), rounded(std::numeric_limits<float>::quiet_NaN()));
    for (std::int64_t row = 0; row < left.rows; row += 2 * tiles::kStep)
        tiles::pack(made.data(), left, row, std::min(left.rows, row + 2 * tiles::kStep));
    return made;
}

// The largest error of scale times left times right (plus `before`), in roundings of a result of bf16 and of sums of fp32.
double worst(const Matrix& left, const Matrix& right, const Matrix& result, double before, double scale)
{
    double most = 0;
    for (std::int64_t i = 0; i < left.rows; ++i) {
        for (std::int64_t j = 0; j < right.columns; ++j) {
            double sum = before, size = std::abs(before);
            for (std::int64_t k = 0; k < left.columns; ++k) {
                const double product = scale * left.value(i, k) * right.value(k, j);
                sum += product;
                size += std::abs(product);
            }
            const double error = std::abs(result.value(i, j) - sum) / (std::abs(sum) / 256 + size * 1e-6);
            most = std::isfinite(error) ? std::max(most, error) : std::numeric_limits<double>::infinity();
        }
    }
    return most;
}

}  // namespace

class TestTileProduct : public QObject {
    Q_OBJECT

private slots:
    void initTestCase_data()
    {
        QTest::addColumn<bool>("byTiles");
        QTest::newRow("by pairs") << false;
        QTest::newRow("by tiles") << true;
    }
    void initTestCase()
    {
        if (!multipliesPairs())
            QSKIP("This processor doesn't multiply bf16 (AVX-512's BF16).");
    }
    void init()
    {
        if (unit() == tiles::Unit::Tiles && !multipliesTiles())
            QSKIP("This processor doesn't multiply tiles (AMX), or the system doesn't let it.");
    }

    void aProductIsWhatItsSumsAre_data()
    {
        QTest::addColumn<int>("rows");
        QTest::addColumn<int>("inner");
        QTest::addColumn<int>("columns");
        for (const int rows : {1, 15, 16, 17, 32, 33, 70})
            for (const int inner : {1, 16, 32, 77, 768, 800, 1567})
                QTest::addRow("%d rows, sums of %d", rows, inner) << rows << inner << 64;
        for (const int columns : {1, 15, 16, 33, 48, 97})
            QTest::addRow("%d columns", columns) << 40 << 100 << columns;
        QTest::addRow("more rows than stay in a cache") << 1030 << 64 << 32;
        QTest::addRow("more sums than stay in a cache") << 520 << 800 << 320;
        QTest::addRow("more of the right matrix than is kept") << 530 << 1567 << 301;
        QTest::addRow("nothing of the right matrix is kept") << 513 << 12400 << 33;
    }
    void aProductIsWhatItsSumsAre()
    {
        QFETCH(int, rows);
        QFETCH(int, inner);
        QFETCH(int, columns);
        Random random(static_cast<std::uint64_t>(rows * 31 + inner));
        const Matrix left(rows, inner, 5, random), right(inner, columns, 3, random), weights = right.transposed(7);
        const tiles::Left packing{left.in(), false, rows, inner};
        const std::vector<Bf16> ready = packed(packing);
        for (const bool turned : {false, true}) {
            Matrix result(rows, columns, 2);
            tiles::times(result.out(), ready.data(), packing, turned ? weights.in() : right.in(), turned, {0, rows}, {0, columns}, unit(), false);
            const double error = worst(left, right, result, 0, 1);
            QVERIFY2(error < 1, std::to_string(error).c_str());
            QVERIFY(result.restIsUntouched());
        }
    }

    void aSumOverRowsTakesAnyNumberOfThem_data()
    {
        QTest::addColumn<int>("rows");
        QTest::addColumn<int>("outputs");
        for (const int rows : {1, 2, 31, 32, 33, 500, 769, 1500})
            QTest::addRow("%d", rows) << rows << 96;
        for (const int outputs : {1, 16, 31, 48, 97})
            QTest::addRow("to %d outputs", outputs) << 70 << outputs;
    }
    void aSumOverRowsTakesAnyNumberOfThem()
    {
        QFETCH(int, rows);
        QFETCH(int, outputs);
        Random random(static_cast<std::uint64_t>(rows));
        const Matrix left(rows, outputs, 4, random), right(rows, 64, 1, random), turned = left.transposed(0);
        const tiles::Left packing{left.in(), true, outputs, rows};
        const std::vector<Bf16> ready = packed(packing);
        Matrix result(outputs, 64, 3);
        tiles::times(result.out(), ready.data(), packing, right.in(), false, {0, outputs}, {0, 64}, unit(), false);
        QVERIFY(worst(turned, right, result, 0, 1) < 1);
        for (std::int64_t i = 0; i < outputs; ++i)
            for (std::int64_t j = 0; j < 64; ++j)
                result.at(i, j) = rounded(3);
        tiles::times(result.out(), ready.data(), packing, right.in(), false, {0, outputs}, {0, 64}, unit(), true, 0.5F);
        QVERIFY(worst(turned, right, result, 3, 0.5) < 1);
        QVERIFY(result.restIsUntouched());
    }

    void theBitsAreTheSameHoweverItIsDivided()
    {
        Random random(5);
        const Matrix left(600, 800, 0, random), right(800, 128, 0, random);
        const tiles::Left packing{left.in(), false, 600, 800};
        const std::vector<Bf16> ready = packed(packing);
        Matrix whole(600, 128, 0), parts(600, 128, 0);
        tiles::times(whole.out(), ready.data(), packing, right.in(), false, {0, 600}, {0, 128}, unit(), false);
        for (const tiles::Range rows : {tiles::Range{0, 64}, {64, 320}, {320, 600}})
            for (const tiles::Range columns : {tiles::Range{0, 96}, {96, 128}})
                tiles::times(parts.out(), ready.data(), packing, right.in(), false, rows, columns, unit(), false);
        QVERIFY(std::memcmp(whole.data.data(), parts.data.data(), whole.data.size() * sizeof(Bf16)) == 0);
    }

    void whatIsntANumberStaysInItsRow()
    {
        Random random(6);
        Matrix left(40, 64, 0, random);
        const Matrix right(64, 32, 0, random);
        left.at(33, 7) = rounded(std::numeric_limits<float>::infinity());
        left.at(34, 0) = rounded(std::numeric_limits<float>::quiet_NaN());
        const tiles::Left packing{left.in(), false, 40, 64};
        const std::vector<Bf16> ready = packed(packing);
        Matrix result(40, 32, 0);
        tiles::times(result.out(), ready.data(), packing, right.in(), false, {0, 40}, {0, 32}, unit(), false);
        for (std::int64_t i = 0; i < 40; ++i)
            QCOMPARE(std::isfinite(result.value(i, 4)), i != 33 && i != 34);
        QVERIFY(std::isnan(result.value(34, 4)));
    }

private:
    static tiles::Unit unit()
    {
        QFETCH_GLOBAL(bool, byTiles);
        return byTiles ? tiles::Unit::Tiles : tiles::Unit::Pairs;
    }
};

QTEST_APPLESS_MAIN(TestTileProduct)
#include "tst_tileproduct.moc"
