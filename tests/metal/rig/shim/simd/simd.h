// SPDX-License-Identifier: MIT
// Translators include it; nothing that the rig runs uses it.
#pragma once
