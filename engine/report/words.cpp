#include "engine/report/words.h"

#include <map>

namespace taskfold::report {

namespace {

const std::map<std::string_view, std::string_view>& chinese()
{
    static const std::map<std::string_view, std::string_view> words{
        {"No task was compared.", "没有比较任何任务。"},
        {"No rows were imported.", "未导入任何数据。"},
        {"Nothing was compared yet.", "尚未进行任何比较。"},
        {"Not worse on %1 of %2 tasks, worse on %3, undecided on %4.", "%2 个任务中 %1 个不变差，%3 个变差，%4 个无法判定。"},
        {"Mean difference %1 points (90 % interval %2 to %3) over all tasks that can be averaged; at %4 points: %5.",
            "所有可平均任务的平均差为 %1 分（90 % 区间 %2 至 %3）；以 %4 分为界：%5。"},
        {"%1 models become %2: %3 % fewer models to serve.", "%1 个模型合并为 %2 个：需要服务的模型减少 %3 %。"},
        {"Margins, metrics and the choice of checkpoints were fixed by %1, before the test scores they judge were read; a run read its test rows at most %2 times.",
            "界限、指标与检查点选择规则已于 %1 固定，早于读取所评判的测试分数；每次运行最多读取测试数据 %2 次。"},
        {"At most %1 test rows of each task were used.", "每个任务最多使用 %1 条测试数据。"},
        {"At most %1 test rows and %2 training rows of each task were used.", "每个任务最多使用 %1 条测试数据和 %2 条训练数据。"},
        {"Task by task", "逐任务结果"}, {"Task", "任务"}, {"Metric", "指标"}, {"Single", "单任务"}, {"Multi", "多任务"},
        {"Difference", "差值"}, {"90 % interval", "90 % 区间"}, {"Margin", "界限"}, {"Verdict", "结论"}, {"n", "样本数"},
        {"Seeds", "种子数"}, {"Won", "变对"}, {"Lost", "变错"}, {"Invalid, single / multi", "无效率（单 / 多）"},
        {"better", "更好"}, {"not worse", "不变差"}, {"worse", "变差"}, {"undecided", "无法判定"}, {"not computable", "无法计算"},
        {"%1: these rows can resolve %2 points; %3 rows would resolve the margin", "%1：这些数据可分辨 %2 分；达到界限需 %3 条数据"},
        {"%1: these rows can resolve %2 points; more seeds are needed", "%1：这些数据可分辨 %2 分；需要更多种子"},
        {"Difference in points, multi-task minus single-task, with its 90 % interval; the tick at the left of zero is the task's margin.",
            "以分为单位的差值（多任务减单任务）及其 90 % 区间；零点左侧的刻度为该任务的界限。"},
        {"Scores of the single-task models and of the one model.", "各单任务模型与合并模型的分数。"},
        {"One model against single-task models; on the line both are equal.", "合并模型与单任务模型；线上为相等。"},
        {"How far the models' confidence can be believed: share of right answers by confidence, over all tasks that choose among labels.",
            "置信度的可信程度：在所有从标签中选择的任务上，按置信度的正确率。"},
        {"Scores in points of 100. Answers to choices are constrained to the labels (“labels”), others generated freely (“greedy”).",
            "分数满分为 100。选择类任务的答案限定于标签（“labels”），其余自由生成（“greedy”）。"},
        {"Test scores from the baseline over the stages to the one model, and other plans' last stages beside it.",
            "从基线经各阶段到合并模型的测试分数，以及其他计划最后阶段的分数。"},
        {"Difference by training rows, with its 90 % interval.", "按训练数据量的差值及其 90 % 区间。"},
        {"Difference by what steps on the other tasks do to the task's loss; positive helps.", "按其他任务的训练步对该任务损失的影响的差值；正值表示有益。"},
        {"Training rows (logarithmic)", "训练数据量（对数）"}, {"Effect of the other tasks on it", "其他任务对它的影响"}, {"Baseline", "基线"}, {"run %1", "运行 %1"},
        {"Contents", "目录"},
        {"Seeds, one by one", "逐个种子"}, {"Seed", "种子"}, {"Run, single", "运行（单）"}, {"Run, multi", "运行（多）"},
        {"Tests", "检验"}, {"p, worse (Holm)", "p，变差（Holm）"}, {"p, McNemar exact", "p，McNemar 精确检验"},
        {"p, randomisation", "p，随机化检验"}, {"Resolvable margin", "可分辨界限"}, {"Rows needed", "所需数据量"},
        {"ECE, single", "ECE（单）"}, {"ECE, multi", "ECE（多）"}, {"Test rows", "测试数据"},
        {"Suites", "任务组"}, {"Suite", "任务组"}, {"Tasks", "任务数"}, {"Not worse", "不变差"}, {"Worse", "变差"},
        {"Undecided", "无法判定"}, {"Mean difference", "平均差"},
        {"What one model saves", "合并模型节省了什么"}, {"Quantity", "项目"}, {"Single-task models", "单任务模型"}, {"Folded", "合并后"},
        {"Ratio", "比值"}, {"Unit", "单位"}, {"How it was measured", "测量方法"},
        {"Data", "数据"}, {"Training rows kept, by task (after masking rows that lie in any validation or test split).",
            "各任务保留的训练数据（已屏蔽出现在任何验证或测试集中的数据）。"},
        {"Split", "划分"}, {"Rows in", "读入"}, {"Kept", "保留"}, {"Issues", "问题"}, {"Content hash", "内容哈希"}, {"Imported", "导入时间"},
        {"The hash (BLAKE3; of older versions SHA-256) is over the kept rows; its first twelve digits are shown.", "哈希（BLAKE3，旧版本为 SHA-256）覆盖保留的数据，显示前十二位。"},
        {"Corpus “%1” (%2 text): %3 documents, %4 held out, hash %5.", "语料“%1”（%2）：%3 篇文档，留出 %4 篇，哈希 %5。"},
        {"domain", "领域文本"}, {"general", "通用文本"},
        {"Which tasks were folded, and why", "哪些任务被合并及原因"}, {"To the others", "对其他任务"}, {"From the others", "受其他任务"},
        {"Suggestion", "建议"}, {"Rule", "规则"}, {"Decision", "决定"}, {"By", "决定者"}, {"Reason", "原因"},
        {"Mean effect of a step on the task on the others' loss, and of theirs on its: positive helps.",
            "在该任务上训练一步对其他任务损失的平均影响，以及其他任务对它的影响：正值表示有益。"},
        {"Plan", "计划"}, {"Setting", "设置"}, {"Value", "值"}, {"Runs", "运行"}, {"Run", "运行"}, {"Stage", "阶段"}, {"Steps", "步数"},
        {"Target tokens", "目标词元"}, {"Seconds", "秒"}, {"Weights", "权重"}, {"Note", "备注"},
        {"Weights: SHA-256 over every tensor of the checkpoint, first twelve digits.", "权重：检查点所有张量的 SHA-256，前十二位。"},
        {"Ran on", "运行环境"}, {"Rows won and lost", "变对与变错的数据"}, {"Line", "行"}, {"Input", "输入"}, {"Right", "正确答案"}, {"Fate", "结果"},
        {"won", "变对"}, {"lost", "变错"}, {"even", "相同"}, {"%1: %2 rows won, %3 lost", "%1：%2 条变对，%3 条变错"},
        {"How to read this", "如何阅读"}, {"Both models answer the same test rows. The difference's interval comes from 10,000 paired bootstrap resamples of those rows; its ends are one-sided 95 % bounds. With several seeds the variance between trainings is added, freed of what the choice of rows alone makes of it, with Student's t. “Not worse”: the lower bound lies above minus the margin. “Better”: it lies above zero. “Worse”: the upper bound lies below minus the margin, after Holm's correction over all tasks. “Undecided”: there are too few rows to tell. Tasks that were left out keep their own model, count as one model each, and are compared with themselves.",
            "两个模型回答相同的测试数据。差值区间来自对这些数据的 10,000 次配对自助重采样，两端为单侧 95 % 界。多个种子时加入训练间方差（扣除仅由数据选择造成的部分），采用 Student t。“不变差”：下界高于负界限。“更好”：下界高于零。“变差”：经 Holm 校正后上界低于负界限。“无法判定”：数据太少。未合并的任务保留自己的模型，各计一个模型，并与自身比较。"},
        {"The checkpoint was chosen on validation rows. No row of a validation or test split was trained on.",
            "检查点在验证数据上选择。验证与测试数据从未用于训练。"},
        {"Written by %1 on %2.", "由 %1 于 %2 生成。"},
        {"Run %1 against %2; runs %3; seeds %4; plan %5; margins %6 points; test rows %7; %8.",
            "运行 %1 对比 %2；涉及运行 %3；种子 %4；计划 %5；界限 %6 分；测试数据 %7；%8。"},
        {"the single-task models", "单任务模型"}, {"run %1", "运行 %1"}, {"imported predictions “%1”", "导入的预测“%1”"},
    };
    return words;
}

}  // namespace

bool isTranslated(std::string_view english)
{
    return chinese().contains(english);
}

std::string said(Language language, std::string_view english, std::initializer_list<std::string> values)
{
    std::string_view form = english;
    if (language == Language::Chinese)
        if (const auto found = chinese().find(english); found != chinese().end())
            form = found->second;
    std::string text;
    for (std::size_t i = 0; i < form.size(); ++i) {  // one pass: a value that holds %1 is left alone
        const std::size_t number = form[i] == '%' && i + 1 < form.size() && form[i + 1] >= '1' && form[i + 1] <= '9'
            ? static_cast<std::size_t>(form[i + 1] - '0')
            : 0;
        if (number == 0 || number > values.size()) {
            text += form[i];
            continue;
        }
        text += values.begin()[number - 1];
        ++i;
    }
    return text;
}

}  // namespace taskfold::report
