"""How do values read on a page, and how is each component filled?"""

from django import template

register = template.Library()
