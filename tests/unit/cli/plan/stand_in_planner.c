/*
 * stand_in_planner.c - makes plans in this process, where planner.c would have another one do it.
 */
#include "plan/planner.h"

#include "planner/plan_maker.h"

int planner_ask(struct planner *planner, const struct hook_plan_request *request)
{
    return plan_make(request, planner->directory, planner->leaves, planner->policy);
}

void planner_stop(struct planner *planner)
{
    (void)planner;
}
