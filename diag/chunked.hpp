// A list that grows without moving what it holds, and whose copies share what neither changes.
// Vectors that double touch three times the memory that they need; copies are for whoever changes little of a long list.
#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <utility>
#include <vector>

#include "diag/fetch.hpp"

namespace tunnelscope::diag {

// kChunk: how many stand together; what is left of the last so many is waste.
template <class T, std::size_t kChunk = 4096>
class Chunked {
 public:
  class Iterator {
   public:
    using iterator_category = std::random_access_iterator_tag;
    using value_type = T;
    using difference_type = std::ptrdiff_t;
    using pointer = const T*;
    using reference = const T&;

    Iterator() = default;
    Iterator(const Chunked* list, std::size_t at) : list_(list), at_(at) {}
    reference operator*() const { return (*list_)[at_]; }
    pointer operator->() const { return &(*list_)[at_]; }
    Iterator& operator++() { return ++at_, *this; }
    Iterator& operator--() { return --at_, *this; }
    Iterator& operator+=(difference_type n) { return at_ += static_cast<std::size_t>(n), *this; }
    Iterator operator+(difference_type n) const { return Iterator(*this) += n; }
    difference_type operator-(const Iterator& other) const { return static_cast<difference_type>(at_ - other.at_); }
    bool operator==(const Iterator& other) const { return at_ == other.at_; }

   private:
    const Chunked* list_ = nullptr;
    std::size_t at_ = 0;
  };

  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  const T& operator[](std::size_t i) const { return chunks_[i / kChunk][i % kChunk]; }
  const T& front() const { return (*this)[0]; }
  const T& back() const { return (*this)[size_ - 1]; }
  Iterator begin() const { return {this, 0}; }
  Iterator end() const { return {this, size_}; }
  auto rbegin() const { return std::make_reverse_iterator(end()); }
  auto rend() const { return std::make_reverse_iterator(begin()); }

  // To be changed: no copy shows it.
  T& writable(std::size_t i) {
    std::shared_ptr<T[]>& chunk = chunks_[i / kChunk];
    if (chunk.use_count() > 1) chunk = copy_of(chunk, i / kChunk);
    return chunk[i % kChunk];
  }
  void push_back(const T& value) {
    if (size_ == chunks_.size() * kChunk) chunks_.emplace_back(new T[kChunk]);
    writable(size_) = value;
    ++size_;
  }
  T& writable_back() { return writable(size_ - 1); }
  // Forgets all from the `size`th on.
  void truncate(std::size_t size) {
    size_ = size;
    chunks_.resize((size + kChunk - 1) / kChunk);
  }
  // Puts rows into the order of `wanted`, which names each at most once; forgets what it does not name. A chunk of which all rows
  // are taken is filled again: where neighbours stay near each other, that takes the room of a few chunks.
  void reorder(const std::vector<std::uint32_t>& wanted) {
    std::vector<std::shared_ptr<T[]>> from, emptied;
    std::swap(from, chunks_);
    std::vector<std::size_t> left(from.size(), kChunk);
    const auto row = [&](std::size_t i) -> T& { return from[wanted[i] / kChunk][wanted[i] % kChunk]; };
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      if (i % kChunk == 0) chunks_.push_back(emptied.empty() ? std::shared_ptr<T[]>(new T[kChunk]) : std::move(emptied.back()));
      if (i % kChunk == 0 && !emptied.empty()) emptied.pop_back();
      if (i + kFetchAhead < wanted.size()) fetch(row(i + kFetchAhead));
      chunks_.back()[i % kChunk] = row(i);
      std::shared_ptr<T[]>& chunk = from[wanted[i] / kChunk];
      if (--left[wanted[i] / kChunk] == 0 && chunk.use_count() == 1) emptied.push_back(std::move(chunk));
    }
    size_ = wanted.size();
  }

 private:
  std::shared_ptr<T[]> copy_of(const std::shared_ptr<T[]>& chunk, std::size_t number) const {
    std::shared_ptr<T[]> copy(new T[kChunk]);
    std::copy_n(chunk.get(), std::min(kChunk, size_ - number * kChunk), copy.get());
    return copy;
  }

  std::vector<std::shared_ptr<T[]>> chunks_;
  std::size_t size_ = 0;
};

}  // namespace tunnelscope::diag
