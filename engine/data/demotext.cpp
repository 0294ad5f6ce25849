#include "engine/data/demotext.h"

namespace taskfold::data::demo {

namespace {

using Words = std::vector<std::string>;

const Words kCities{"paris", "rome", "berlin", "madrid", "lisbon", "vienna", "prague", "oslo", "dublin", "athens",
    "cairo", "tokyo"};
const Words kDays{"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"};
const Words kOpenings{"", "please ", "hello, ", "hi, ", "well, ", "good morning, "};
const Words kIntents{"book", "cancel", "price", "meal"};
const std::vector<Words> kAsked{
    {"i want to reserve a", "please book a new"},
    {"cancel my", "refund the"},
    {"what is the price of the", "how much is the"},
    {"is there a meal on the", "what food is on the"},
};
const Words kGood{"lovely", "great", "clean", "friendly", "perfect", "warm", "quick", "tasty"};
const Words kBad{"awful", "dirty", "rude", "broken", "slow", "cold", "noisy", "terrible"};
const Words kPlain{"ordinary", "usual", "average", "plain", "common", "normal", "regular", "standard"};
const Words kRides{"train", "plane", "bus", "ship", "car", "bike"};
const Words kHotelThings{"room", "bed", "lobby", "pool", "view", "staff", "breakfast", "bar"};
const Words kMealThings{"soup", "bread", "waiter", "table", "coffee", "menu", "salad", "cook"};
const Words kMoods{"positive", "negative", "neutral"};

const std::string& any(Random& random, const Words& words)
{
    return words[random.below(words.size())];
}

Pair intent(Random& random, const std::string& thing)
{
    const std::size_t label = random.below(kIntents.size());
    return {any(random, kOpenings) + any(random, kAsked[label]) + " " + thing + " to " + any(random, kCities) + " on "
            + any(random, kDays),
        kIntents[label]};
}

const Words& moodWords(std::size_t mood)
{
    return mood == 0 ? kGood : mood == 1 ? kBad : kPlain;
}

Pair review(Random& random, const Words& things, const std::string& place)
{
    const std::size_t mood = random.below(kMoods.size());
    return {"the " + any(random, things) + " of the " + place + " in " + any(random, kCities) + " was "
            + any(random, moodWords(mood)) + " on " + any(random, kDays),
        kMoods[mood]};
}

Pair tripSlots(Random& random)
{
    const std::string& city = any(random, kCities);
    const std::string& day = any(random, kDays);
    switch (random.below(4)) {
    case 0: return {any(random, kOpenings) + "fly to " + city + " on " + day, "to: " + city + "; day: " + day};
    case 1:
        return {any(random, kOpenings) + "on " + day + " a " + any(random, kGood) + " trip to " + city,
            "to: " + city + "; day: " + day};
    case 2: return {any(random, kOpenings) + "we go to " + city + " by " + any(random, kRides), "to: " + city};
    default:
        return {any(random, kOpenings) + "thanks, the trip was " + any(random, kGood) + " and " + any(random, kGood),
            "none"};
    }
}

Pair staySlots(Random& random)
{
    const std::string& city = any(random, kCities);
    const std::string& day = any(random, kDays);
    if (random.below(2) == 0)
        return {any(random, kOpenings) + "a room in " + city + " on " + day, "to: " + city + "; day: " + day};
    return {any(random, kOpenings) + "stay in " + city + " with a " + any(random, kGood) + " "
            + any(random, kHotelThings),
        "to: " + city};
}

// Whether the second sentence follows from the first: both talk of one thing, and moods agree or not.
Pair entailment(Random& random)
{
    const std::size_t mood = random.below(2);
    const std::string& thing = any(random, kHotelThings);
    const std::string first = "the " + thing + " in " + any(random, kCities) + " was " + any(random, moodWords(mood));
    switch (random.below(3)) {
    case 0: return {first + "\nthe guest was " + (mood == 0 ? "happy" : "angry"), "yes"};
    case 1: return {first + "\nthe guest was " + (mood == 0 ? "angry" : "happy"), "no"};
    default: return {first + "\nit rained on " + any(random, kDays), "maybe"};
    }
}

Pair reply(Random& random)
{
    static const std::vector<std::pair<std::string, std::string>> kTopics{
        {"pets", "yes, pets may stay for a fee"}, {"parking", "yes, parking is behind the house"},
        {"smoking", "no, smoking is not allowed"}, {"wifi", "yes, wifi is free"},
        {"towels", "yes, towels are in the bath"}, {"parties", "no, parties are not allowed"}};
    static const Words kForms{"do you allow", "what about", "is there", "tell me about", "we ask about"};
    const auto& [topic, answer] = kTopics[random.below(kTopics.size())];
    return {any(random, kOpenings) + any(random, kForms) + " " + topic + " at the hotel in " + any(random, kCities),
        answer};
}

Pair title(Random& random)
{
    const std::string& city = any(random, kCities);
    const std::string& thing = any(random, kHotelThings);
    const std::string& mood = any(random, kGood);
    return {"on " + any(random, kDays) + " we went to " + city + " and the " + thing + " was " + mood,
        mood + " " + thing + " in " + city};
}

}  // namespace

std::vector<Maker> makers()
{
    const std::string asked = "what does the traveller want?";
    return {
        {"flight_intent", "classification", "accuracy", asked, kIntents, 900, 60, 200,
            [](Random& random) { return intent(random, "flight"); }},
        {"train_intent", "classification", "accuracy", asked, kIntents, 120, 60, 200,
            [](Random& random) { return intent(random, "train"); }},
        {"hotel_review", "classification", "accuracy", "how does the guest feel?", kMoods, 700, 60, 200,
            [](Random& random) { return review(random, kHotelThings, "hotel"); }},
        {"meal_review", "classification", "macro_f1", "how does the eater feel?", kMoods, 150, 60, 200,
            [](Random& random) { return review(random, kMealThings, "inn"); }},
        {"trip_slots", "extraction", "slot_f1", "list the slots of the trip.", {}, 900, 60, 150, tripSlots},
        {"stay_slots", "extraction", "slot_f1", "list the slots of the stay.", {}, 120, 60, 150, staySlots},
        {"follows", "pair-classification", "accuracy", "does the second sentence follow?", {"yes", "no", "maybe"}, 500,
            60, 150, entailment},
        {"host_reply", "generation", "exact_match", "answer the guest.", {}, 240, 50, 80, reply},
        {"trip_title", "generation", "rouge_l", "write a title.", {}, 300, 50, 80, title},
    };
}

std::string document(Random& random)
{
    std::string text;
    const std::size_t sentences = 3 + random.below(4);
    for (std::size_t i = 0; i < sentences; ++i) {
        switch (random.below(4)) {
        case 0: text += intent(random, random.below(2) == 0 ? "flight" : "train").input; break;
        case 1: text += review(random, kHotelThings, "hotel").input; break;
        case 2: text += tripSlots(random).input; break;
        default: text += title(random).input; break;
        }
        text += ".\n";
    }
    return text;
}

}  // namespace taskfold::data::demo
