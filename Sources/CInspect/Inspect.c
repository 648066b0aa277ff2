#include "CInspect.h"
