// Plausible English sentences about projects, with figures in them.
#pragma once

#include <cstddef>
#include <string>

#include "sim/seeded_random.hpp"

namespace tollgate::sim {

std::string make_sentence(SeededRandom& random);

// Sentences until at least `min_bytes`, cut at a word so as not to exceed `max_bytes`. ASCII only.
// REQUIRES: min_bytes <= max_bytes.
std::string make_prose(SeededRandom& random, std::size_t min_bytes, std::size_t max_bytes);

}  // namespace tollgate::sim
