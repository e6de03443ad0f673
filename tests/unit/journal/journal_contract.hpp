// The contract that every journal engine must pass. An engine's test file defines, in namespace foley::core::testing, a
// class JournalEngine and includes this header once:
//
//   std::unique_ptr<Journal> open();            opens the same journal each time; the engine's clock is `clock`
//   StillClock clock;
//   void damage_event(Sequence sequence);       spoils one stored event, the journal being closed
//   void damage_file();                         spoils the structure, the journal being closed
//   void fill_disk();  void free_disk();        in a forked child: nothing can be written any more, and again
#pragma once

#include "tests/unit/journal/contract_append.hpp"
#include "tests/unit/journal/contract_consumer.hpp"
#include "tests/unit/journal/contract_faults.hpp"
#include "tests/unit/journal/contract_imported.hpp"
#include "tests/unit/journal/contract_retry.hpp"
#include "tests/unit/journal/contract_upkeep.hpp"
